-- Widths are in bytes here, and a row of the widest values fits in a page of 4 KB, the smallest there is.
CREATE TABLE ofUnifiedMailbox (
    username        VARCHAR(64) NOT NULL,
    lastSeq         BIGINT      NOT NULL,
    messageCount    BIGINT      NOT NULL,
    byteCount       BIGINT      NOT NULL,
    lastReceivedAt  BIGINT      NOT NULL,
    cursorSeq       BIGINT      NOT NULL,
    archiveDefault  VARCHAR(8),
    importSeq       BIGINT,
    importTime      BIGINT,
    lastOfflineMid  VARCHAR(128),
    offlineLimit    INTEGER,
    archiveUsedAt   BIGINT,
    CONSTRAINT ofUnifiedMailbox_pk PRIMARY KEY (username)
);

CREATE TABLE ofUnifiedArchive (
    username        VARCHAR(64)   NOT NULL,
    seq             BIGINT        NOT NULL,
    mid             VARCHAR(128)  NOT NULL,
    receivedAt      BIGINT        NOT NULL,
    direction       SMALLINT      NOT NULL,
    eligible        SMALLINT      NOT NULL,
    peerHash        BIGINT        NOT NULL,
    peerBare        VARCHAR(2047) NOT NULL,
    peerResource    VARCHAR(1023),
    messageId       VARCHAR(255),
    contentHash     BIGINT,
    stanzaSize      INTEGER       NOT NULL,
    stanza          CLOB(64M)     NOT NULL,
    CONSTRAINT ofUnifiedArchive_pk PRIMARY KEY (username, seq)
);
CREATE UNIQUE INDEX ofUnifiedArchive_mid_idx ON ofUnifiedArchive (username, mid);
CREATE INDEX ofUnifiedArchive_peer_idx ON ofUnifiedArchive (username, peerHash, seq);

CREATE TABLE ofUnifiedOffline (
    username        VARCHAR(64)   NOT NULL,
    seq             BIGINT        NOT NULL,
    mid             VARCHAR(128)  NOT NULL,
    receivedAt      BIGINT        NOT NULL,
    peerHash        BIGINT        NOT NULL,
    peerBare        VARCHAR(2047) NOT NULL,
    peerResource    VARCHAR(1023),
    contentHash     BIGINT,
    stanzaSize      INTEGER       NOT NULL,
    stanza          CLOB(64M)     NOT NULL,
    CONSTRAINT ofUnifiedOffline_pk PRIMARY KEY (username, seq)
);
CREATE UNIQUE INDEX ofUnifiedOffline_mid_idx ON ofUnifiedOffline (username, mid);
CREATE INDEX ofUnifiedOffline_peer_idx ON ofUnifiedOffline (username, peerHash, seq);

CREATE TABLE ofUnifiedPreference (
    username        VARCHAR(64)   NOT NULL,
    place           INTEGER       NOT NULL,
    archived        SMALLINT      NOT NULL,
    jid             VARCHAR(3071) NOT NULL,
    CONSTRAINT ofUnifiedPreference_pk PRIMARY KEY (username, place)
);

CREATE TABLE ofUnifiedImport (
    source          VARCHAR(32) NOT NULL,
    secret          VARCHAR(64) NOT NULL,
    slices          BIGINT NOT NULL,
    finished        SMALLINT NOT NULL,
    sentAt          BIGINT NOT NULL,
    messageId       BIGINT,
    conversationId  BIGINT,
    tally           VARCHAR(500) NOT NULL,
    CONSTRAINT ofUnifiedImport_pk PRIMARY KEY (source)
);

INSERT INTO ofVersion (name, version) VALUES ('unifiedrouting', 1);

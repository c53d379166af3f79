-- Keys fit in a quarter of a page of 4 KB, as Firebird demands, with the four bytes that it reserves for a character.
CREATE TABLE ofUnifiedMailbox (
    username        VARCHAR(64) CHARACTER SET UTF8 NOT NULL,
    lastSeq         BIGINT                         NOT NULL,
    messageCount    BIGINT                         NOT NULL,
    byteCount       BIGINT                         NOT NULL,
    lastReceivedAt  BIGINT                         NOT NULL,
    cursorSeq       BIGINT                         NOT NULL,
    archiveDefault  VARCHAR(8) CHARACTER SET UTF8,
    importSeq       BIGINT,
    importTime      BIGINT,
    lastOfflineMid  VARCHAR(128) CHARACTER SET UTF8,
    offlineLimit    INTEGER,
    archiveUsedAt   BIGINT,
    CONSTRAINT ofUnifiedMailbox_pk PRIMARY KEY (username)
);

CREATE TABLE ofUnifiedArchive (
    username        VARCHAR(64) CHARACTER SET UTF8        NOT NULL,
    seq             BIGINT                                NOT NULL,
    mid             VARCHAR(128) CHARACTER SET UTF8       NOT NULL,
    receivedAt      BIGINT                                NOT NULL,
    direction       SMALLINT                              NOT NULL,
    eligible        SMALLINT                              NOT NULL,
    peerHash        BIGINT                                NOT NULL,
    peerBare        VARCHAR(2047) CHARACTER SET UTF8      NOT NULL,
    peerResource    VARCHAR(1023) CHARACTER SET UTF8,
    messageId       VARCHAR(255) CHARACTER SET UTF8,
    contentHash     BIGINT,
    stanzaSize      INTEGER                               NOT NULL,
    stanza          BLOB SUB_TYPE TEXT CHARACTER SET UTF8 NOT NULL,
    CONSTRAINT ofUnifiedArchive_pk PRIMARY KEY (username, seq)
);
CREATE UNIQUE INDEX ofUnifiedArchive_mid_idx ON ofUnifiedArchive (username, mid);
CREATE INDEX ofUnifiedArchive_peer_idx ON ofUnifiedArchive (username, peerHash, seq);

CREATE TABLE ofUnifiedOffline (
    username        VARCHAR(64) CHARACTER SET UTF8        NOT NULL,
    seq             BIGINT                                NOT NULL,
    mid             VARCHAR(128) CHARACTER SET UTF8       NOT NULL,
    receivedAt      BIGINT                                NOT NULL,
    peerHash        BIGINT                                NOT NULL,
    peerBare        VARCHAR(2047) CHARACTER SET UTF8      NOT NULL,
    peerResource    VARCHAR(1023) CHARACTER SET UTF8,
    contentHash     BIGINT,
    stanzaSize      INTEGER                               NOT NULL,
    stanza          BLOB SUB_TYPE TEXT CHARACTER SET UTF8 NOT NULL,
    CONSTRAINT ofUnifiedOffline_pk PRIMARY KEY (username, seq)
);
CREATE UNIQUE INDEX ofUnifiedOffline_mid_idx ON ofUnifiedOffline (username, mid);
CREATE INDEX ofUnifiedOffline_peer_idx ON ofUnifiedOffline (username, peerHash, seq);

CREATE TABLE ofUnifiedPreference (
    username        VARCHAR(64) CHARACTER SET UTF8   NOT NULL,
    place           INTEGER                          NOT NULL,
    archived        SMALLINT                         NOT NULL,
    jid             VARCHAR(3071) CHARACTER SET UTF8 NOT NULL,
    CONSTRAINT ofUnifiedPreference_pk PRIMARY KEY (username, place)
);

CREATE TABLE ofUnifiedImport (
    source          VARCHAR(32) CHARACTER SET UTF8 NOT NULL,
    secret          VARCHAR(64) CHARACTER SET UTF8 NOT NULL,
    slices          BIGINT NOT NULL,
    finished        SMALLINT NOT NULL,
    sentAt          BIGINT NOT NULL,
    messageId       BIGINT,
    conversationId  BIGINT,
    tally           VARCHAR(500) CHARACTER SET UTF8 NOT NULL,
    CONSTRAINT ofUnifiedImport_pk PRIMARY KEY (source)
);

INSERT INTO ofVersion (name, version) VALUES ('unifiedrouting', 1);

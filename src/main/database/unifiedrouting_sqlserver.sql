-- BIN2: the default collations take romeo for Romeo.
CREATE TABLE ofUnifiedMailbox (
    username        NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
    lastSeq         BIGINT                                   NOT NULL,
    messageCount    BIGINT                                   NOT NULL,
    byteCount       BIGINT                                   NOT NULL,
    lastReceivedAt  BIGINT                                   NOT NULL,
    cursorSeq       BIGINT                                   NOT NULL,
    archiveDefault  NVARCHAR(8) COLLATE Latin1_General_BIN2,
    importSeq       BIGINT,
    importTime      BIGINT,
    lastOfflineMid  NVARCHAR(128) COLLATE Latin1_General_BIN2,
    offlineLimit    INTEGER,
    archiveUsedAt   BIGINT,
    CONSTRAINT ofUnifiedMailbox_pk PRIMARY KEY (username)
);

CREATE TABLE ofUnifiedArchive (
    username        NVARCHAR(64) COLLATE Latin1_General_BIN2   NOT NULL,
    seq             BIGINT                                     NOT NULL,
    mid             NVARCHAR(128) COLLATE Latin1_General_BIN2  NOT NULL,
    receivedAt      BIGINT                                     NOT NULL,
    direction       SMALLINT                                   NOT NULL,
    eligible        SMALLINT                                   NOT NULL,
    peerHash        BIGINT                                     NOT NULL,
    peerBare        NVARCHAR(2047) COLLATE Latin1_General_BIN2 NOT NULL,
    peerResource    NVARCHAR(1023) COLLATE Latin1_General_BIN2,
    messageId       NVARCHAR(255) COLLATE Latin1_General_BIN2,
    contentHash     BIGINT,
    stanzaSize      INTEGER                                    NOT NULL,
    stanza          NVARCHAR(MAX) COLLATE Latin1_General_BIN2  NOT NULL,
    CONSTRAINT ofUnifiedArchive_pk PRIMARY KEY (username, seq)
);
CREATE UNIQUE INDEX ofUnifiedArchive_mid_idx ON ofUnifiedArchive (username, mid);
CREATE INDEX ofUnifiedArchive_peer_idx ON ofUnifiedArchive (username, peerHash, seq);

CREATE TABLE ofUnifiedOffline (
    username        NVARCHAR(64) COLLATE Latin1_General_BIN2   NOT NULL,
    seq             BIGINT                                     NOT NULL,
    mid             NVARCHAR(128) COLLATE Latin1_General_BIN2  NOT NULL,
    receivedAt      BIGINT                                     NOT NULL,
    peerHash        BIGINT                                     NOT NULL,
    peerBare        NVARCHAR(2047) COLLATE Latin1_General_BIN2 NOT NULL,
    peerResource    NVARCHAR(1023) COLLATE Latin1_General_BIN2,
    contentHash     BIGINT,
    stanzaSize      INTEGER                                    NOT NULL,
    stanza          NVARCHAR(MAX) COLLATE Latin1_General_BIN2  NOT NULL,
    CONSTRAINT ofUnifiedOffline_pk PRIMARY KEY (username, seq)
);
CREATE UNIQUE INDEX ofUnifiedOffline_mid_idx ON ofUnifiedOffline (username, mid);
CREATE INDEX ofUnifiedOffline_peer_idx ON ofUnifiedOffline (username, peerHash, seq);

CREATE TABLE ofUnifiedPreference (
    username        NVARCHAR(64) COLLATE Latin1_General_BIN2   NOT NULL,
    place           INTEGER                                    NOT NULL,
    archived        SMALLINT                                   NOT NULL,
    jid             NVARCHAR(3071) COLLATE Latin1_General_BIN2 NOT NULL,
    CONSTRAINT ofUnifiedPreference_pk PRIMARY KEY (username, place)
);

CREATE TABLE ofUnifiedImport (
    source          NVARCHAR(32) COLLATE Latin1_General_BIN2 NOT NULL,
    secret          NVARCHAR(64) COLLATE Latin1_General_BIN2 NOT NULL,
    slices          BIGINT NOT NULL,
    finished        SMALLINT NOT NULL,
    sentAt          BIGINT NOT NULL,
    messageId       BIGINT,
    conversationId  BIGINT,
    tally           NVARCHAR(500) COLLATE Latin1_General_BIN2 NOT NULL,
    CONSTRAINT ofUnifiedImport_pk PRIMARY KEY (source)
);

INSERT INTO ofVersion (name, version) VALUES ('unifiedrouting', 1);

-- CHAR: the default counts bytes. The whole value still has at most 4,000 bytes; an address has 3,071. There are no
-- empty texts in these tables, which Oracle would take for NULL.
CREATE TABLE ofUnifiedMailbox (
    username        VARCHAR2(64 CHAR) NOT NULL,
    lastSeq         NUMBER(19)        NOT NULL,
    messageCount    NUMBER(19)        NOT NULL,
    byteCount       NUMBER(19)        NOT NULL,
    lastReceivedAt  NUMBER(19)        NOT NULL,
    cursorSeq       NUMBER(19)        NOT NULL,
    archiveDefault  VARCHAR2(8 CHAR),
    importSeq       NUMBER(19),
    importTime      NUMBER(19),
    lastOfflineMid  VARCHAR2(128 CHAR),
    offlineLimit    NUMBER(10),
    archiveUsedAt   NUMBER(19),
    CONSTRAINT ofUnifiedMailbox_pk PRIMARY KEY (username)
);

CREATE TABLE ofUnifiedArchive (
    username        VARCHAR2(64 CHAR)   NOT NULL,
    seq             NUMBER(19)          NOT NULL,
    mid             VARCHAR2(128 CHAR)  NOT NULL,
    receivedAt      NUMBER(19)          NOT NULL,
    direction       NUMBER(5)           NOT NULL,
    eligible        NUMBER(5)           NOT NULL,
    peerHash        NUMBER(19)          NOT NULL,
    peerBare        VARCHAR2(2047 CHAR) NOT NULL,
    peerResource    VARCHAR2(1023 CHAR),
    messageId       VARCHAR2(255 CHAR),
    contentHash     NUMBER(19),
    stanzaSize      NUMBER(10)          NOT NULL,
    stanza          CLOB                NOT NULL,
    CONSTRAINT ofUnifiedArchive_pk PRIMARY KEY (username, seq)
);
CREATE UNIQUE INDEX ofUnifiedArchive_mid_idx ON ofUnifiedArchive (username, mid);
CREATE INDEX ofUnifiedArchive_peer_idx ON ofUnifiedArchive (username, peerHash, seq);

CREATE TABLE ofUnifiedOffline (
    username        VARCHAR2(64 CHAR)   NOT NULL,
    seq             NUMBER(19)          NOT NULL,
    mid             VARCHAR2(128 CHAR)  NOT NULL,
    receivedAt      NUMBER(19)          NOT NULL,
    peerHash        NUMBER(19)          NOT NULL,
    peerBare        VARCHAR2(2047 CHAR) NOT NULL,
    peerResource    VARCHAR2(1023 CHAR),
    contentHash     NUMBER(19),
    stanzaSize      NUMBER(10)          NOT NULL,
    stanza          CLOB                NOT NULL,
    CONSTRAINT ofUnifiedOffline_pk PRIMARY KEY (username, seq)
);
CREATE UNIQUE INDEX ofUnifiedOffline_mid_idx ON ofUnifiedOffline (username, mid);
CREATE INDEX ofUnifiedOffline_peer_idx ON ofUnifiedOffline (username, peerHash, seq);

CREATE TABLE ofUnifiedPreference (
    username        VARCHAR2(64 CHAR)   NOT NULL,
    place           NUMBER(10)          NOT NULL,
    archived        NUMBER(5)           NOT NULL,
    jid             VARCHAR2(3071 CHAR) NOT NULL,
    CONSTRAINT ofUnifiedPreference_pk PRIMARY KEY (username, place)
);

CREATE TABLE ofUnifiedImport (
    source          VARCHAR2(32 CHAR) NOT NULL,
    secret          VARCHAR2(64 CHAR) NOT NULL,
    slices          NUMBER(19) NOT NULL,
    finished        NUMBER(5) NOT NULL,
    sentAt          NUMBER(19) NOT NULL,
    messageId       NUMBER(19),
    conversationId  NUMBER(19),
    tally           VARCHAR2(500 CHAR) NOT NULL,
    CONSTRAINT ofUnifiedImport_pk PRIMARY KEY (source)
);

INSERT INTO ofVersion (name, version) VALUES ('unifiedrouting', 1);

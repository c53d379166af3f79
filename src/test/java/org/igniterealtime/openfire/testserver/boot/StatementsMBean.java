package org.igniterealtime.openfire.testserver.boot;

/** What the server asks its database, for whoever measures it from outside (JMX). */
public interface StatementsMBean {

    /** Its name. */
    String NAME = "testserver:type=Statements";

    /** Counting costs a little; it is off at first. Connections that are lent already are not counted. */
    void setCounting(boolean counting);

    /** Whether it counts. */
    boolean isCounting();

    /** Statements executed; a batch is one. */
    long getStatements();

    /** Rows that were read from results. */
    long getRows();
}

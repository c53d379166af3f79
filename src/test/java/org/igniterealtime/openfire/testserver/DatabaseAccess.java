package org.igniterealtime.openfire.testserver;

/**
 * A database made for one server or one test.
 *
 * @param url JDBC URL
 * @param user database user
 * @param password of that user, may be empty
 * @param drop removes the database, if it lives outside of the server's home
 */
public record DatabaseAccess(String url, String user, String password, Runnable drop) {}

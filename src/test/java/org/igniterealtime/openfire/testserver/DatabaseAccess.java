package org.igniterealtime.openfire.testserver;

/**
 * The database of one server.
 *
 * @param url JDBC URL
 * @param user database user
 * @param password of that user, may be empty
 * @param drop removes the database, if it lives outside of the server's home
 */
record DatabaseAccess(String url, String user, String password, Runnable drop) {}

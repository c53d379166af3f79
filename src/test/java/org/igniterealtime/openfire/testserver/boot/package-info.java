/**
 * What runs inside the server process: its main classes, its connection pool, the admin console's doorkeeper and a filter
 * for its connections. These classes share the server's class path, and plugins see them, so they may know Openfire, mina,
 * JDBC and commons-pool, and nothing of this project: neither the plugin's classes nor the test harness.
 */
package org.igniterealtime.openfire.testserver.boot;

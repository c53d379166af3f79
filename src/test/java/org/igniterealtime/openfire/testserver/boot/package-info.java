/**
 * What runs inside the server process: its main classes, its connection pool and the admin console's doorkeeper. These
 * classes share the server's class path, and plugins see them, so they may know Openfire, JDBC and commons-pool, and
 * nothing of this project: neither the plugin's classes nor the test harness.
 */
package org.igniterealtime.openfire.testserver.boot;

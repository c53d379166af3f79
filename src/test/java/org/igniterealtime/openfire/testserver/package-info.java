/**
 * A real Openfire for tests and for {@code mvn -Prun}: it runs in a child process, so that it can be killed and started
 * again, on a database that survives that. The server is the one from Maven Central, or an installed one of any version
 * given by {@code -Dopenfire.home=DIR}. Classes here may know JUnit, the test clients and the server's files; Openfire's
 * classes are known only in the sub-package {@code boot}, which runs in the child process.
 */
package org.igniterealtime.openfire.testserver;

/**
 * One class that Openfire's distribution has and its jar on Maven Central has not. It goes on the class path of the server
 * that the tests start, never on that of an installed Openfire.
 */
package org.jivesoftware.openfire.starter;

package org.igniterealtime.openfire.testserver;

import java.math.BigInteger;
import java.security.SecureRandom;

/** Statements for the rows that a server finds in its database at its first start. One line each. */
final class SqlText {
    private static final int PASSWORD_BITS = 120;

    private SqlText() {}

    /** A row of Openfire's property table. */
    static String property(String name, String value) {
        return "INSERT INTO ofProperty (name, propValue, encrypted) VALUES (" + quoted(name) + ", " + quoted(value)
                + ", 0);";
    }

    /** A row of Openfire's user table. */
    static String account(String user, String password) {
        return "INSERT INTO ofUser (username, plainPassword, creationDate, modificationDate) VALUES (" + quoted(user)
                + ", " + quoted(password) + ", '0', '0');";
    }

    /** A password that nobody knows, for an account that nobody logs in to. */
    static String randomPassword() {
        return new BigInteger(PASSWORD_BITS, new SecureRandom()).toString(Character.MAX_RADIX);
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}

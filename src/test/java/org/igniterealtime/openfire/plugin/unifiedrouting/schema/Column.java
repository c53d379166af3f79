package org.igniterealtime.openfire.plugin.unifiedrouting.schema;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A column, whatever the database calls its type.
 *
 * @param length of text, else 0
 */
record Column(String name, Type type, int length, boolean required) {

    /** What a column can hold. */
    enum Type {
        /** At most so many characters; bytes on DB2. */
        TEXT,
        /** Text without a limit that matters. */
        LONG_TEXT,
        /** 16 bits, or more. */
        SMALL,
        /** 32 bits, or more. */
        INTEGER,
        /** 64 bits. */
        LONG
    }

    private static final Pattern LIMITED_TEXT = Pattern.compile("N?VARCHAR2?\\((\\d+)(?: CHAR)?\\)");

    private static final Map<String, Type> OTHERS = Map.ofEntries(
            Map.entry("LONGVARCHAR", Type.LONG_TEXT),
            Map.entry("TEXT", Type.LONG_TEXT),
            Map.entry("LONGTEXT", Type.LONG_TEXT),
            Map.entry("NVARCHAR(MAX)", Type.LONG_TEXT),
            Map.entry("CLOB", Type.LONG_TEXT),
            Map.entry("CLOB(64M)", Type.LONG_TEXT),
            Map.entry("BLOB SUB_TYPE TEXT", Type.LONG_TEXT),
            Map.entry("SMALLINT", Type.SMALL),
            Map.entry("NUMBER(5)", Type.SMALL),
            Map.entry("INTEGER", Type.INTEGER),
            Map.entry("NUMBER(10)", Type.INTEGER),
            Map.entry("BIGINT", Type.LONG),
            Map.entry("NUMBER(19)", Type.LONG));

    /**
     * Reads a definition such as {@code mid VARCHAR(128) CHARACTER SET UTF8 NOT NULL}.
     *
     * @throws IllegalArgumentException if it has a type, or anything else, that no script has had so far
     */
    static Column parse(String definition) {
        Matcher parts = Pattern.compile(
                        "(\\w+) (.+?)(?: CHARACTER SET \\w+)?(?: COLLATE \\w+)?(?: DEFAULT \\S+)?( NOT NULL)?")
                .matcher(definition);
        if (!parts.matches()) {
            throw new IllegalArgumentException("No column: " + definition);
        }
        boolean required = parts.group(3) != null;
        Matcher limited = LIMITED_TEXT.matcher(parts.group(2));
        if (limited.matches()) {
            return new Column(parts.group(1), Type.TEXT, Integer.parseInt(limited.group(1)), required);
        }
        Type type = OTHERS.get(parts.group(2));
        if (type == null) {
            throw new IllegalArgumentException("Unknown type: " + definition);
        }
        return new Column(parts.group(1), type, 0, required);
    }
}

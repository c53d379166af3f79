package org.igniterealtime.openfire.testclient;

/** Text for literal XML. */
public final class Xml {

    private Xml() {}

    /** Escapes text for use as element content and inside attribute values in either kind of quotes. */
    public static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("'", "&apos;")
                .replace("\"", "&quot;");
    }

    /** An attribute with a leading space, or nothing where the value is null. */
    static String attribute(String name, String value) {
        return value == null ? "" : " " + name + "='" + escape(value) + "'";
    }
}

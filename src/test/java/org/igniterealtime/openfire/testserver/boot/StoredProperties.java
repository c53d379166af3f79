package org.igniterealtime.openfire.testserver.boot;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;

/** Openfire's properties where it keeps them, the table {@code ofProperty}, before the server has read them. */
final class StoredProperties {
    private StoredProperties() {}

    /** Sets the given properties. Without the table, at a first start, does nothing: the schema script sets them. */
    static void set(Connection connection, Map<String, String> properties) throws SQLException {
        if (!tableExists(connection)) {
            return;
        }
        try (PreparedStatement update = connection.prepareStatement(
                        "UPDATE ofProperty SET propValue = ?, encrypted = 0 WHERE name = ?");
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO ofProperty (propValue, name, encrypted) VALUES (?, ?, 0)")) {
            for (Map.Entry<String, String> property : properties.entrySet()) {
                if (execute(update, property) == 0) {
                    execute(insert, property);
                }
            }
        }
    }

    private static int execute(PreparedStatement statement, Map.Entry<String, String> property) throws SQLException {
        statement.setString(1, property.getValue());
        statement.setString(2, property.getKey());
        return statement.executeUpdate();
    }

    private static boolean tableExists(Connection connection) throws SQLException {
        var metaData = connection.getMetaData();
        String name = metaData.storesUpperCaseIdentifiers()
                ? "OFPROPERTY"
                : metaData.storesLowerCaseIdentifiers() ? "ofproperty" : "ofProperty";
        // Named, because MariaDB would look into all databases of its server.
        try (ResultSet tables = metaData.getTables(connection.getCatalog(), null, name, null)) {
            return tables.next();
        }
    }
}

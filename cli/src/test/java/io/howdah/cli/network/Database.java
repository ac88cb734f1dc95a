package io.howdah.cli.network;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The cluster's database, as applications connect to it. Immutable.
///
/// @param addresses of the nodes, by name
/// @param password of its owner
record Database(Map<String, String> addresses, String password) {

    static final String NAME = "app";
    private static final int PORT = 5432;

    Database {
        addresses = new LinkedHashMap<>(addresses);
    }

    @Override
    public String toString() {
        return "Database " + addresses;
    }

    /// To whichever node is the primary, as an application connects that runs on that host.
    Connection toPrimary(String host) throws SQLException {
        return open(
                Stream.concat(
                                addresses.keySet().stream().filter(host::equals),
                                addresses.keySet().stream().filter(node -> !node.equals(host)))
                        .map(addresses::get)
                        .toList(),
                "primary");
    }

    /// To that node, whatever it is.
    Connection toNode(String node) throws SQLException {
        return open(List.of(addresses.getOrDefault(node, node)), "any");
    }

    private Connection open(List<String> hosts, String target) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", NAME);
        properties.setProperty("password", password);
        properties.setProperty("sslmode", "disable");
        properties.setProperty("targetServerType", target);
        properties.setProperty("hostRecheckSeconds", "0");
        properties.setProperty("connectTimeout", "1");
        properties.setProperty("socketTimeout", "2");
        return DriverManager.getConnection(
                hosts.stream()
                        .map(host -> host + ":" + PORT)
                        .collect(Collectors.joining(",", "jdbc:postgresql://", "/" + NAME)),
                properties);
    }

    /// Which of those rows are not on that node.
    Set<Long> missing(Set<Long> promised, String node) throws SQLException {
        var there = new HashSet<Long>();
        try (Connection connection = toNode(node);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select id from written")) {
            while (rows.next()) {
                there.add(rows.getLong(1));
            }
        }
        var missing = new TreeSet<>(promised);
        missing.removeAll(there);
        return missing;
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    static long number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }
}

package io.howdah.proxy.session;

import io.howdah.proxy.pool.Cap;
import io.howdah.proxy.protocol.Complaint;
import io.howdah.proxy.settings.Allowance;
import io.howdah.proxy.settings.DatabaseSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Where clients can go: the databases, and for each database and user that is in use its
/// destination, bounded together with the others of this database and of this user. Names are as
/// clients send them: a character stands for one byte.
final class Destinations {

    private record Place(String database, String user) {}

    private final Switchboard switchboard;
    private final Map<Place, Destination> all = new LinkedHashMap<>();
    private final Map<String, Cap> databaseCaps = new LinkedHashMap<>();
    private final Map<String, Cap> userCaps = new LinkedHashMap<>();

    Destinations(Switchboard switchboard) {
        this.switchboard = switchboard;
    }

    /// A database by the name that clients ask for; null when there is no such one.
    @Nullable DatabaseSettings database(String name) {
        String text = Reception.text(name).orElse(null);
        return text == null ? null : switchboard.settings().database(text);
    }

    private Allowance allowance(String user) {
        return switchboard.settings().users().of(Reception.text(user).orElse(user));
    }

    /// Where a client goes that may come in; null when there is no such database.
    @Nullable Destination of(String database, String user) {
        DatabaseSettings leadsTo = database(database);
        return leadsTo == null
                ? null
                : all.computeIfAbsent(
                        new Place(database, user),
                        _ ->
                                new Destination(
                                        switchboard, leadsTo, user, caps(leadsTo, database, user)));
    }

    private List<Cap> caps(DatabaseSettings leadsTo, String database, String user) {
        return List.of(
                databaseCaps.computeIfAbsent(
                        database, _ -> new Cap(leadsTo.allowance().connections())),
                userCaps.computeIfAbsent(user, _ -> new Cap(allowance(user).connections())));
    }

    /// Why there is no place for one more client of this database and user; null when there is.
    @Nullable Complaint crowded(String database, String user) {
        DatabaseSettings leadsTo = database(database);
        int ofDatabase = leadsTo == null ? 0 : leadsTo.allowance().clients();
        if (ofDatabase > 0 && clients(place -> place.database().equals(database)) >= ofDatabase) {
            return Complaints.tooManyClientsOf("database", database, ofDatabase);
        }
        int ofUser = allowance(user).clients();
        if (ofUser > 0 && clients(place -> place.user().equals(user)) >= ofUser) {
            return Complaints.tooManyClientsOf("user", user, ofUser);
        }
        return null;
    }

    private int clients(Predicate<Place> at) {
        int sum = 0;
        for (Map.Entry<Place, Destination> entry : all.entrySet()) {
            sum += at.test(entry.getKey()) ? entry.getValue().clients() : 0;
        }
        return sum;
    }

    /// Looks after what time changes.
    void tick(long now) {
        new ArrayList<>(all.values()).forEach(destination -> destination.tick(now));
        if (all.values().removeIf(Destination::isDeserted)) {
            databaseCaps
                    .keySet()
                    .removeIf(name -> isDeserted(place -> place.database().equals(name)));
            userCaps.keySet().removeIf(name -> isDeserted(place -> place.user().equals(name)));
        }
    }

    /// The cluster has another primary, or none.
    void primaryChanged() {
        all.values().forEach(Destination::primaryChanged);
    }

    /// Other settings hold.
    void renew() {
        long now = System.nanoTime();
        all.forEach((place, destination) -> {
            DatabaseSettings leadsTo = database(place.database());
            if (leadsTo == null) {
                destination.giveUp();
            } else {
                destination.renew(leadsTo, now);
            }
        });
        databaseCaps.forEach((name, cap) -> {
            DatabaseSettings leadsTo = database(name);
            if (leadsTo != null) {
                cap.change(leadsTo.allowance().connections(), now);
            }
        });
        userCaps.forEach((name, cap) -> cap.change(allowance(name).connections(), now));
    }

    private boolean isDeserted(Predicate<Place> at) {
        return all.keySet().stream().noneMatch(at);
    }

    void closeServers() {
        all.values().forEach(Destination::closeServers);
    }
}

package io.howdah.proxy.session;

import io.howdah.proxy.pool.Cap;
import io.howdah.proxy.pool.Caps;
import io.howdah.proxy.pool.Room;
import io.howdah.proxy.pool.SharedRoom;
import io.howdah.proxy.protocol.Complaint;
import io.howdah.proxy.settings.Allowance;
import io.howdah.proxy.settings.DatabaseSettings;
import io.netty.channel.EventLoop;
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

    /// Where a client goes that may come in.
    ///
    /// @param leadsTo what the name means
    Destination of(DatabaseSettings leadsTo, String database, String user) {
        return all.computeIfAbsent(
                new Place(database, user),
                _ ->
                        new Destination(
                                switchboard,
                                leadsTo,
                                database,
                                user,
                                room(leadsTo, database, user)));
    }

    private Room room(DatabaseSettings leadsTo, String database, String user) {
        SharedRoom shared = switchboard.commons().room();
        return shared != null
                ? shared.share(database, user, this::onLoop)
                : new Caps(
                        List.of(
                                databaseCaps.computeIfAbsent(
                                        database, _ -> new Cap(leadsTo.allowance().connections())),
                                userCaps.computeIfAbsent(
                                        user, _ -> new Cap(allowance(user).connections()))));
    }

    private void onLoop(Runnable task) {
        EventLoop loop = switchboard.network().loop();
        if (!loop.isShuttingDown()) {
            loop.execute(task);
        }
    }

    /// Counts one more client of this database and user.
    ///
    /// @return why there is no place for it; null when there is
    @Nullable Complaint enter(String database, String user) {
        DatabaseSettings leadsTo = database(database);
        int ofDatabase = leadsTo == null ? 0 : leadsTo.allowance().clients();
        int ofUser = allowance(user).clients();
        return switch (headcount().enter(database, ofDatabase, user, ofUser)) {
            case NOT -> null;
            case DATABASE -> Complaints.tooManyClientsOf("database", database, ofDatabase);
            case USER -> Complaints.tooManyClientsOf("user", user, ofUser);
        };
    }

    /// Counts one less.
    void leave(String database, String user) {
        headcount().leave(database, user);
    }

    private Headcount headcount() {
        return switchboard.commons().headcount();
    }

    /// Looks after what time changes.
    void tick(long now) {
        new ArrayList<>(all.values()).forEach(destination -> destination.tick(now));
        if (all.values().removeIf(Destination::leaveIfDeserted)) {
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

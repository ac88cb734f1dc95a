package io.howdah.cluster.simulation;

import io.howdah.cluster.member.Follower;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.synchronous.InForce;

/// A replication connection: a WAL sender of one server and a WAL receiver of another. Each end can
/// be gone while the other has not noticed yet.
final class Link {

    final ServerProcess up;
    final ServerProcess down;
    final Follower.StandbyName name;
    final boolean catchUp;
    final Network.Channel toDown = new Network.Channel();
    final Network.Channel toUp = new Network.Channel();
    boolean senderAlive = true;
    boolean streaming;
    boolean sending;
    boolean barren;
    long sent;
    long flushed;
    long replayed;

    /// What this WAL sender has read last of the settings.
    InForce names;

    Epoch namesEpoch;

    Link(ServerProcess up, ServerProcess down, Disk.Service as) {
        this.up = up;
        this.down = down;
        this.name = as.as();
        this.catchUp = as.catchUp();
        this.names = up.names;
        this.namesEpoch = up.namesEpoch;
    }

    boolean isListed() {
        return !catchUp
                && names instanceof InForce.Names listed
                && name.incarnation().equals(listed.members().get(name.node()))
                && name.epoch().equals(namesEpoch);
    }

    int required() {
        return names instanceof InForce.Names listed ? listed.required() : 0;
    }
}

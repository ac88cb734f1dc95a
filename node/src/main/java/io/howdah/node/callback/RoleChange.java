package io.howdah.node.callback;

/// What a node's PostgreSQL has become. Immutable.
///
/// @param role primary, replica or stopped
/// @param epoch in which it leads or follows; the last known one when it is stopped
/// @param timeline it is on; 0 when that is not known
public record RoleChange(Role role, long epoch, long timeline) {

    /// What PostgreSQL is.
    public enum Role {
        /// Takes writes, under the lease.
        PRIMARY("primary"),
        /// Runs as a standby.
        REPLICA("replica"),
        /// Does not run.
        STOPPED("stopped");

        private final String text;

        Role(String text) {
            this.text = text;
        }

        /// As the program is told.
        public String text() {
            return text;
        }
    }
}

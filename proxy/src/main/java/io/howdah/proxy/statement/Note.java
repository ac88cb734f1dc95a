package io.howdah.proxy.statement;

import org.jspecify.annotations.Nullable;

/// What was taken for granted when a request was sent, to be put right when it fails or is skipped.
sealed interface Note
        permits Naming,
                Note.Parsed,
                Note.Closed,
                Note.Own,
                Note.OwnClosed,
                Note.Preparing,
                Note.Describing,
                Note.Closing,
                Note.Shadow,
                Note.Nameless,
                Note.Both,
                Note.Discarding,
                Note.Refused {

    /// It has gone well.
    void answered();

    /// It has failed. Later notes have been told before.
    void failed();

    /// The server has not looked at it, after an error ahead of it. Later notes have been told
    /// before.
    default void skipped() {
        failed();
    }

    /// Everything was forgotten ahead of it.
    default void standsOn() {
        // Nothing was taken for granted that would be forgotten.
    }

    /// The connection has ended, and nobody will know.
    default void lost() {
        // Nothing is held for it.
    }

    /// Whether something depends on how it goes.
    default boolean isChange() {
        return true;
    }

    /// A client's Parse.
    ///
    /// @param here whether the server really prepares it; else it had it already
    record Parsed(ServerStatements server, ClientStatements client, Naming naming, boolean here)
            implements Note {

        @Override
        public void answered() {
            server.named(this);
        }

        @Override
        public void failed() {
            client.remove(naming);
            if (here) {
                server.drop(naming.statement());
            }
        }

        @Override
        public void standsOn() {
            client.put(naming);
            if (here) {
                server.add(naming.statement());
            }
        }
    }

    /// A client's Close, or DEALLOCATE.
    record Closed(ClientStatements client, Naming naming) implements Note {

        @Override
        public void answered() {
            client.release(naming);
        }

        @Override
        public void failed() {
            client.putBack(naming);
        }

        @Override
        public void lost() {
            client.release(naming);
        }
    }

    /// A client's Parse that goes as it is, under the client's own name.
    ///
    /// @param name null when it is not known
    record Own(OwnNames names, @Nullable Name name) implements Note {

        @Override
        public void answered() {
            names.answered(name, true);
        }

        @Override
        public void failed() {
            names.answered(name, false);
        }

        @Override
        public boolean isChange() {
            return false;
        }
    }

    /// A client's Close, or DEALLOCATE, of such a name.
    record OwnClosed(OwnNames names, Name name) implements Note {

        @Override
        public void answered() {
            names.closed(name);
        }

        @Override
        public void failed() {
            // It is still there.
        }

        @Override
        public boolean isChange() {
            return false;
        }
    }

    /// A Parse of ours, of a statement that a client is about to use.
    record Preparing(ServerStatements server) implements Note {

        @Override
        public void answered() {
            // The Describe behind it ends it.
        }

        @Override
        public void failed() {
            server.preparing(null);
        }
    }

    /// A Describe of ours behind a Parse.
    ///
    /// @param parsed the client's own; null when the Parse was ours
    record Describing(ServerStatements server, SharedStatement statement, @Nullable Parsed parsed)
            implements Note {

        @Override
        public void answered() {
            if (parsed == null) {
                server.prepared(statement);
            }
        }

        @Override
        public void failed() {
            if (parsed == null) {
                server.preparing(null);
            }
        }

        /// The statement returns something else than clients were told.
        void changed() {
            server.outdate(statement);
            if (parsed != null) {
                parsed.client().replace(parsed.naming(), statement.text());
            }
        }
    }

    /// A Close of ours.
    record Closing(ServerStatements server, Name name) implements Note {

        @Override
        public void answered() {
            // It is gone.
        }

        @Override
        public void failed() {
            server.closeLater(name);
        }
    }

    /// A Parse of an empty statement under a client's own name, for the server to meet that name.
    record Shadow(ServerStatements server, Name name) implements Note {

        @Override
        public void answered() {
            server.closeLater(name);
        }

        @Override
        public void failed() {
            // It is not there.
        }
    }

    /// A change of what there is without a name. PostgreSQL drops what was there before it looks at
    /// the next.
    ///
    /// @param change null when it is the end of it
    /// @param otherwise what the client has if this fails
    record Nameless(
            ServerStatements server,
            ClientUnnamed client,
            @Nullable Unnamed change,
            @Nullable Unnamed otherwise)
            implements Note {

        @Override
        public void answered() {
            server.unnamed(change);
            client.become(change);
        }

        @Override
        public void failed() {
            server.endUnnamed();
            client.become(otherwise);
            lost();
        }

        @Override
        public void skipped() {
            client.stay();
            lost();
        }

        @Override
        public void lost() {
            if (change != null && change != otherwise) {
                change.drop();
            }
        }

        @Override
        public boolean isChange() {
            return false;
        }
    }

    /// One request that is two things.
    record Both(Note first, Note second) implements Note {

        @Override
        public void answered() {
            first.answered();
            second.answered();
        }

        @Override
        public void failed() {
            second.failed();
            first.failed();
        }

        @Override
        public void skipped() {
            second.skipped();
            first.skipped();
        }

        @Override
        public void standsOn() {
            first.standsOn();
            second.standsOn();
        }

        @Override
        public void lost() {
            first.lost();
            second.lost();
        }

        @Override
        public boolean isChange() {
            return first.isChange() || second.isChange();
        }
    }

    /// A Query that ends all names; the server's answer says so.
    record Discarding() implements Note {

        @Override
        public void answered() {
            // They are gone already.
        }

        @Override
        public void failed() {
            // They are still there.
        }
    }

    /// A use that must fail, and is made to.
    ///
    /// @param message what the client is told instead of the server's own words
    record Refused(String message) implements Note {

        @Override
        public void answered() {
            throw new IllegalStateException("a statement that nobody has prepared was found");
        }

        @Override
        public void failed() {
            // As it should.
        }

        @Override
        public boolean isChange() {
            return false;
        }
    }
}

/// What is going on between one client and one server connection, by the types of the messages
/// alone: which requests are still to be answered, whether a transaction is open, whether the
/// server listens to COPY data. From that follows the one question that pooling asks: may this
/// connection go to somebody else now? Pure: no bytes are moved here.
@NullMarked
package io.howdah.proxy.exchange;

import org.jspecify.annotations.NullMarked;

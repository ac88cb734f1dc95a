package io.howdah.proxy.session;

import io.howdah.proxy.protocol.Messages;
import io.howdah.proxy.scram.ScramException;
import io.howdah.proxy.scram.ScramServer;
import io.howdah.proxy.session.Inquiries.Answer;
import io.howdah.proxy.verifier.Knowledge;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A client proves its password. Whoever has none, or does not exist, hears the same questions and
/// fails at the same place.
@SuppressWarnings("FutureReturnValueIgnored") // what fails closes its channel, which is heard of
final class PasswordDialogue {

    /// PostgreSQL's own bound (`PG_MAX_SASL_MESSAGE_LENGTH`).
    private static final int LONGEST_BYTES = 1024;

    private static final int HEADER_BYTES = 5;
    private static final long ASK_AGAIN_MILLIS = 500;

    private enum Stage {
        LOOKING_UP,
        MECHANISM,
        PROOF,
        OVER
    }

    private final Channel channel;
    private final byte[] binding;
    private final String user;
    private final Reception reception;
    private final ClientLogin login;
    private Stage stage = Stage.LOOKING_UP;
    private @Nullable ScramServer scram;
    private @Nullable ByteBuf kept;
    private @Nullable Inquiries asked;
    private Runnable withdrawal = () -> {};
    private String problem = "";
    private String reason = "";

    /// @param binding what ties a proof to the connection; empty for nothing
    /// @param user a character stands for one byte
    PasswordDialogue(
            Channel channel, byte[] binding, String user, Reception reception, ClientLogin login) {
        this.channel = channel;
        this.binding = binding;
        this.user = user;
        this.reception = reception;
        this.login = login;
    }

    /// @param where tells each time where verifiers are found now; null when nowhere
    void begin(Supplier<@Nullable Inquiries> where) {
        Inquiries inquiries = where.get();
        asked = inquiries;
        Optional<String> name = Reception.text(user);
        if (inquiries == null || name.isEmpty()) {
            offer(new Knowledge.Unknown());
        } else {
            // Nothing more is read, and so kept, until there is something to check it with.
            channel.config().setAutoRead(false);
            withdrawal =
                    inquiries.ask(
                            channel.eventLoop(),
                            name.get(),
                            answer -> {
                                if (!login.isEnded()) {
                                    answered(where, answer);
                                }
                            });
        }
    }

    private void answered(Supplier<@Nullable Inquiries> where, Answer answer) {
        switch (answer) {
            case Answer.Found(Knowledge knowledge) -> offer(knowledge);
            case Answer.Failed(String _, boolean passing) -> {
                if (passing) {
                    // Where the server is, is told to the log only.
                    problem = "it could not be asked how passwords are checked";
                    // Until the time for a login is over.
                    channel.eventLoop()
                            .schedule(
                                    () -> {
                                        if (!login.isEnded()) {
                                            begin(where);
                                        }
                                    },
                                    ASK_AGAIN_MILLIS,
                                    TimeUnit.MILLISECONDS);
                } else {
                    login.refuse(Complaints.lookupFailed());
                }
            }
        }
    }

    private void offer(Knowledge knowledge) {
        channel.config().setAutoRead(true);
        ScramServer begun =
                switch (knowledge) {
                    case Knowledge.Known(var verifier) -> new ScramServer(verifier, true, binding);
                    case Knowledge.Unusable(String fact, String hint) -> {
                        reason = fact + "\nHINT: " + hint;
                        yield mock();
                    }
                    case Knowledge.Unknown _ -> {
                        reason =
                                "there is nothing to check a password with\nHINT: is there such a"
                                        + " role, may it log in and be looked up, is it not expired,"
                                        + " and is its password stored by scram-sha-256?";
                        yield mock();
                    }
                };
        scram = begun;
        stage = Stage.MECHANISM;
        channel.writeAndFlush(Messages.sasl(channel.alloc(), begun.mechanisms()));
        advance();
    }

    private ScramServer mock() {
        return new ScramServer(reception.mocks().of(user), false, binding);
    }

    /// What has kept the login from going on; empty for nothing.
    String problem() {
        return problem;
    }

    /// Why no proof can be right, for the log; empty where one can.
    String reason() {
        return reason;
    }

    /// Keeps what came too early.
    void keep(ByteBuf bytes) {
        kept = bytes;
    }

    /// Reads what the client sends; the buffer belongs here now.
    void read(ByteBuf arrived) {
        ByteBuf before = kept;
        if (before == null) {
            kept = arrived;
        } else {
            // Copied, so that single bytes do not each hold a whole read buffer.
            kept = Unpooled.copiedBuffer(before, arrived);
            before.release();
            arrived.release();
        }
        advance();
    }

    private void advance() {
        ByteBuf bytes = kept;
        while (bytes != null
                && (stage == Stage.MECHANISM || stage == Stage.PROOF)
                && bytes.readableBytes() >= HEADER_BYTES) {
            int at = bytes.readerIndex();
            byte type = bytes.getByte(at);
            int length = bytes.getInt(at + 1);
            if (type != 'p' || length < 4 || length > LONGEST_BYTES) {
                login.refuse(Complaints.wrongMessage(type, length));
                return;
            }
            if (bytes.readableBytes() <= length) {
                return;
            }
            byte[] body = new byte[length - 4];
            bytes.skipBytes(HEADER_BYTES).readBytes(body);
            answer(body);
            bytes = kept;
        }
    }

    private void answer(byte[] body) {
        try {
            if (stage == Stage.MECHANISM) {
                first(ByteBuffer.wrap(body));
            } else {
                proof(body);
            }
        } catch (ScramException e) {
            login.refuse(Complaints.malformed(String.valueOf(e.getMessage())));
        } catch (CharacterCodingException | BufferUnderflowException e) {
            login.refuse(Complaints.malformed("malformed SCRAM message"));
        }
    }

    private void first(ByteBuffer body) throws ScramException, CharacterCodingException {
        StringBuilder mechanism = new StringBuilder();
        for (byte next = body.get(); next != 0; next = body.get()) {
            mechanism.append((char) (next & 0xff));
        }
        int length = body.getInt();
        if (length != body.remaining()) {
            throw new BufferUnderflowException();
        }
        String reply = server().first(mechanism.toString(), text(body));
        stage = Stage.PROOF;
        channel.writeAndFlush(Messages.saslContinue(channel.alloc(), reply));
    }

    private void proof(byte[] body) throws ScramException, CharacterCodingException {
        Optional<String> reply = server().last(text(ByteBuffer.wrap(body)));
        stage = Stage.OVER;
        if (reply.isPresent()) {
            channel.write(Messages.saslFinal(channel.alloc(), reply.get()));
            login.enter(server().keys().orElseThrow());
        } else {
            // Perhaps the password was changed a moment ago: the next one is judged anew.
            Inquiries inquiries = asked;
            if (inquiries != null) {
                Reception.text(user).ifPresent(inquiries::doubt);
            }
            login.refuse(Complaints.wrongPassword(user));
        }
    }

    private ScramServer server() {
        ScramServer begun = scram;
        if (begun == null) {
            throw new IllegalStateException("a proof without a question");
        }
        return begun;
    }

    private static String text(ByteBuffer bytes) throws CharacterCodingException {
        return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    }

    /// Takes no further part.
    ///
    /// @return what was kept, which now belongs to the caller; null for nothing
    @Nullable ByteBuf end() {
        stage = Stage.OVER;
        withdrawal.run();
        withdrawal = () -> {};
        ByteBuf rest = kept;
        kept = null;
        if (rest != null && !rest.isReadable()) {
            rest.release();
            return null;
        }
        return rest;
    }
}

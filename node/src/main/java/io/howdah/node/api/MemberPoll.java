package io.howdah.node.api;

import io.howdah.node.authority.Credentials;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// Asks members about themselves, all at once and within a bound.
final class MemberPoll {

    private final Credentials credentials;
    private final int boundMillis;

    /// @param credentials what this node shows the others
    /// @param boundMillis how long all of them together may take
    MemberPoll(Credentials credentials, int boundMillis) {
        this.credentials = credentials;
        this.boundMillis = boundMillis;
    }

    /// The answers by name; who did not answer in time, or answered as somebody else, is left out.
    Map<String, MemberStatus> ask(List<MemberStatus> members) {
        if (members.isEmpty()) {
            return Map.of();
        }
        List<Callable<MemberStatus>> questions =
                members.stream().<Callable<MemberStatus>>map(member -> () -> ask(member)).toList();
        var answers = new HashMap<String, MemberStatus>();
        // At the bound the others are interrupted, which closes a virtual thread's socket: leaving
        // this block does not wait for a node that hangs.
        try (var threads =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("api-poll-", 0).factory())) {
            for (Future<MemberStatus> answer :
                    threads.invokeAll(questions, boundMillis, TimeUnit.MILLISECONDS)) {
                if (answer.state() == Future.State.SUCCESS) {
                    MemberStatus member = answer.get();
                    answers.put(member.name(), member);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a successful answer had failed", e);
        }
        return answers;
    }

    private MemberStatus ask(MemberStatus member) throws IOException {
        URI url = URI.create(member.api()).resolve("/node");
        HttpCall.Answer answer =
                new HttpCall(url, null, credentials, boundMillis, boundMillis).send();
        if (answer.status() != 200) {
            throw new IOException("HTTP status " + answer.status());
        }
        MemberStatus status = ApiJson.read(answer.body(), MemberStatus.class);
        if (!status.name().equals(member.name())) {
            throw new IOException(status.name() + " answers in the place of " + member.name());
        }
        return status;
    }
}

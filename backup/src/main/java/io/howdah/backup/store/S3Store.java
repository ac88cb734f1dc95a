package io.howdah.backup.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;

/// Objects in a bucket, of Amazon S3 or of a server that speaks its protocol. It has to know
/// `If-None-Match`, and to list what it has confirmed. What fails for a reason that passes is done
/// again, patiently; credentials are never shown.
public final class S3Store implements ObjectStore {

    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int PRECONDITION_FAILED = 412;
    private static final int RANGE_NOT_SATISFIABLE = 416;
    private static final List<Integer> PASSING = List.of(408, CONFLICT, 425, 429);

    private final S3Address address;
    private final Patience patience;
    private @Nullable S3Client client; // guarded by this

    /// @param address the bucket; nothing is looked at yet
    public S3Store(S3Address address) {
        this(address, Patience.DEFAULT);
    }

    S3Store(S3Address address, Patience patience) {
        this.address = address;
        this.patience = patience;
    }

    private synchronized S3Client client() {
        S3Client made = client;
        if (made == null) {
            made = S3Connection.open(address);
            client = made;
        }
        return made;
    }

    @Override
    public PutOutcome put(ObjectName name, Content content, PutMode mode) {
        PutObjectRequest.Builder request =
                PutObjectRequest.builder().bucket(address.bucket()).key(key(name));
        if (mode == PutMode.IF_ABSENT) {
            request.ifNoneMatch("*");
        }
        boolean[] again = new boolean[1];
        return call(
                "put " + name,
                () -> {
                    boolean first = !again[0];
                    again[0] = true;
                    try {
                        PutObjectResponse response =
                                client().putObject(request.build(), body(content));
                        if (response.eTag() == null) {
                            throw new Patience.Passing(
                                    new IOException("the server confirmed nothing"));
                        }
                        return PutOutcome.STORED;
                    } catch (AwsServiceException e) {
                        if (e.statusCode() != PRECONDITION_FAILED) {
                            throw e;
                        }
                        // An earlier try may have come through, though nobody said so.
                        return !first && isThere(name, content)
                                ? PutOutcome.STORED
                                : PutOutcome.EXISTS;
                    }
                });
    }

    private static RequestBody body(Content content) {
        try {
            ContentStreamProvider stream =
                    () -> {
                        try {
                            return content.open();
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    };
            return RequestBody.fromContentProvider(
                    stream, content.size(), "application/octet-stream");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isThere(ObjectName name, Content content) {
        try (InputStream there = get(name);
                InputStream ours = content.open()) {
            byte[] wanted = ours.readNBytes(1 << 16);
            byte[] found = there.readNBytes(1 << 16);
            while (wanted.length > 0 && Arrays.equals(wanted, found)) {
                wanted = ours.readNBytes(1 << 16);
                found = there.readNBytes(1 << 16);
            }
            return wanted.length == 0 && found.length == 0;
        } catch (IOException e) {
            throw new Patience.Passing(e);
        }
    }

    @Override
    public InputStream get(ObjectName name) {
        ResponseInputStream<GetObjectResponse> first =
                call("read " + name, name, () -> client().getObject(request(name).build()));
        String tag = first.response().eTag();
        return new S3Stream(
                first,
                first.response().contentLength(),
                position ->
                        call(
                                "read " + name,
                                name,
                                () ->
                                        client().getObject(
                                                        request(name)
                                                                .range("bytes=" + position + "-")
                                                                .ifMatch(tag)
                                                                .build())));
    }

    @Override
    public byte[] get(ObjectName name, long offset, int length) {
        GetObjectRequest part =
                request(name).range("bytes=" + offset + "-" + (offset + length - 1)).build();
        return call(
                "read " + name,
                name,
                () -> {
                    try (ResponseInputStream<GetObjectResponse> in = client().getObject(part)) {
                        byte[] bytes = in.readAllBytes();
                        if (bytes.length != in.response().contentLength()) {
                            throw new Patience.Passing(
                                    new IOException("only " + bytes.length + " bytes came"));
                        }
                        return bytes;
                    } catch (IOException e) {
                        throw new Patience.Passing(e);
                    } catch (AwsServiceException e) {
                        if (e.statusCode() == RANGE_NOT_SATISFIABLE) {
                            return new byte[0];
                        }
                        throw e;
                    }
                });
    }

    private GetObjectRequest.Builder request(ObjectName name) {
        return GetObjectRequest.builder().bucket(address.bucket()).key(key(name));
    }

    @Override
    public List<StoredObject> list(String prefix, @Nullable ObjectName after) {
        var found = new ArrayList<StoredObject>();
        String last = after == null ? "" : key(after);
        boolean more = true;
        while (more && found.size() < PAGE) {
            ListObjectsV2Response page = page(prefix, last, PAGE - found.size());
            for (S3Object each : page.contents()) {
                object(each).ifPresent(found::add);
                last = each.key();
            }
            more = Boolean.TRUE.equals(page.isTruncated()) && !page.contents().isEmpty();
        }
        return List.copyOf(found);
    }

    private ListObjectsV2Response page(String prefix, String last, int most) {
        return call(
                "list '" + prefix + "'",
                () ->
                        client().listObjectsV2(request -> {
                            request.bucket(address.bucket())
                                    .prefix(address.prefix() + prefix)
                                    .maxKeys(most);
                            if (!last.isEmpty()) {
                                request.startAfter(last);
                            }
                        }));
    }

    /// What has another name is none of ours.
    private Optional<StoredObject> object(S3Object listed) {
        try {
            return Optional.of(
                    new StoredObject(
                            new ObjectName(listed.key().substring(address.prefix().length())),
                            listed.size(),
                            listed.lastModified()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public void delete(ObjectName name) {
        Object _ =
                call(
                        "delete " + name,
                        () ->
                                client().deleteObject(request ->
                                        request.bucket(address.bucket()).key(key(name))));
    }

    private String key(ObjectName name) {
        return address.prefix() + name;
    }

    private <T> T call(String what, Supplier<T> call) {
        return call(what, null, call);
    }

    /// @param name what may be missing; null where nothing can be
    private <T> T call(String what, @Nullable ObjectName name, Supplier<T> call) {
        return patience.run(
                what,
                toString(),
                () -> {
                    try {
                        return call.get();
                    } catch (AwsServiceException e) {
                        throw failure(what, name, e);
                    } catch (SdkException | UncheckedIOException e) {
                        throw new Patience.Passing(e);
                    }
                });
    }

    private RuntimeException failure(
            String what, @Nullable ObjectName name, AwsServiceException e) {
        String code = e.awsErrorDetails() == null ? "" : e.awsErrorDetails().errorCode();
        if (e.statusCode() == NOT_FOUND && name != null && !"NoSuchBucket".equals(code)) {
            return new ObjectMissingException(name, toString());
        }
        if ((e.statusCode() >= 500 && e.statusCode() != 501) || PASSING.contains(e.statusCode())) {
            return new Patience.Passing(e);
        }
        return new StoreUnavailableException(
                "cannot " + what + " in " + this + ": " + e.statusCode() + " " + e.getMessage(),
                e.statusCode() == 501
                        ? "this server lacks what a repository needs (If-None-Match); use another"
                        : "look at the bucket's name, the region, the credentials and their rights,"
                                + " and at the clock of this machine",
                e);
    }

    @Override
    public String identity() {
        return address.identity();
    }

    @Override
    public String toString() {
        return address.toString();
    }
}

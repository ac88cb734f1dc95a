package io.howdah.backup.store;

import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/// Makes the client of a bucket.
final class S3Connection {

    private static final Duration CONNECT = Duration.ofSeconds(5);

    /// For how long nothing may come, or go.
    private static final Duration SILENCE = Duration.ofSeconds(30);

    private S3Connection() {}

    /// @throws StoreUnavailableException when the address says too little, and the environment too
    static S3Client open(S3Address address) {
        S3ClientBuilder builder =
                S3Client.builder()
                        .httpClientBuilder(
                                UrlConnectionHttpClient.builder()
                                        .connectionTimeout(CONNECT)
                                        .socketTimeout(SILENCE))
                        // Patience has its own pace.
                        .overrideConfiguration(
                                each -> each.retryStrategy(DefaultRetryStrategy.doNotRetry()))
                        .credentialsProvider(credentials(address))
                        .forcePathStyle(address.pathStyle())
                        .serviceConfiguration(each -> each.chunkedEncodingEnabled(false))
                        .requestChecksumCalculation(
                                address.checksums()
                                        ? RequestChecksumCalculation.WHEN_SUPPORTED
                                        : RequestChecksumCalculation.WHEN_REQUIRED)
                        .responseChecksumValidation(
                                address.checksums()
                                        ? ResponseChecksumValidation.WHEN_SUPPORTED
                                        : ResponseChecksumValidation.WHEN_REQUIRED);
        address.endpoint().ifPresent(builder::endpointOverride);
        // Other servers than Amazon's want some region in the signature, and seldom care which.
        address.region()
                .or(() -> address.endpoint().map(_ -> "us-east-1"))
                .ifPresent(region -> builder.region(Region.of(region)));
        try {
            return builder.build();
        } catch (SdkException e) {
            throw new StoreUnavailableException(
                    "cannot use " + address + ": " + e.getMessage(),
                    "name the region: " + address + "?region=eu-central-1",
                    e);
        }
    }

    private static AwsCredentialsProvider credentials(S3Address address) {
        return address.credentials()
                .<AwsCredentialsProvider>map(file ->
                        ProfileCredentialsProvider.builder()
                                .profileFile(() ->
                                        ProfileFile.builder()
                                                .content(file)
                                                .type(ProfileFile.Type.CREDENTIALS)
                                                .build())
                                .profileName(address.profile())
                                .build())
                .orElseGet(() -> DefaultCredentialsProvider.builder().build());
    }
}

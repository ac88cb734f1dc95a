package io.howdah.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.OperatingSystemUser;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A PostgreSQL as somebody runs it without Howdah: made by `initdb` or `pg_basebackup`, started by
/// `pg_ctl`.
///
/// @param bin its programs
/// @param data its data directory
/// @param port its port
record FormerPostgres(Path bin, Path data, int port) {

    private static final OperatingSystemUser OWNER = OperatingSystemUser.forPostgres();
    private static final long SECONDS = 60;

    /// Makes a new database.
    void initialise() {
        new DurableFiles(OWNER).createDirectory(parent());
        run(
                "initdb",
                "--pgdata=" + data,
                "--username=postgres",
                // the owner's name need not be postgres
                "--auth-local=" + (OWNER.name().equals("postgres") ? "peer" : "trust"),
                "--auth-host=scram-sha-256",
                "--no-sync");
    }

    /// Makes a streaming standby of that one, whose role `former` replicates by the password
    /// `former`.
    void copy(FormerPostgres primary) {
        new DurableFiles(OWNER).createDirectory(parent());
        run(
                "pg_basebackup",
                "--pgdata=" + data,
                "--write-recovery-conf",
                "--checkpoint=fast",
                "--tablespace-mapping=" + primary.space() + "=" + space(),
                "--no-sync",
                "--dbname=host=127.0.0.1 port=" + primary.port + " user=former password=former");
    }

    /// For a tablespace: outside of the data directory.
    Path space() {
        return parent().resolve("space");
    }

    private Path parent() {
        return java.util.Objects.requireNonNull(data.getParent());
    }

    /// Appends to a file of its data directory.
    void append(String file, String text) {
        try {
            Files.writeString(
                    data.resolve(file), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            OWNER.own(data.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void start() {
        run(
                "pg_ctl",
                "start",
                "--wait",
                "--pgdata=" + data,
                "--log=" + parent().resolve("former.log"),
                "--options=-p " + port + " -k " + parent() + " -c listen_addresses=127.0.0.1");
    }

    /// Stops whatever runs in its data directory.
    void stop(String mode) {
        run("pg_ctl", "stop", "--wait", "--mode=" + mode, "--pgdata=" + data);
    }

    void execute(String statement) {
        run(
                "psql",
                "--no-psqlrc",
                "--quiet",
                "--set=ON_ERROR_STOP=1",
                "--host=" + parent(),
                "--port=" + port,
                "--username=postgres",
                "--dbname=postgres",
                "--command=" + statement);
    }

    DataDirectory directory() {
        return new DataDirectory(data, OWNER);
    }

    private void run(String program, String... arguments) {
        var command = new ArrayList<String>();
        command.add(bin.resolve(program).toString());
        command.addAll(List.of(arguments));
        try {
            File output = Files.createTempFile("former", ".out").toFile();
            Process process =
                    new ProcessBuilder(OWNER.command(command))
                            .directory(new File("/"))
                            .redirectErrorStream(true)
                            .redirectOutput(output)
                            .start();
            assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).as("%s ends", command).isTrue();
            assertThat(process.exitValue())
                    .as("%s\n%s", command, Files.readString(output.toPath()))
                    .isZero();
            Files.delete(output.toPath());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}

package io.howdah.backup.wal;

import java.nio.file.Path;

/// The `restore_command` of a server that recovers from a spool: a few lines of POSIX shell that
/// ask for a file and wait until it is there. They start no program but `mv` and `sleep`. To
/// PostgreSQL an exit code of 1 says that the file is not there, and ends recovery; any trouble has
/// to be 126 or more, which ends the server instead.
///
/// @param spool where files are handed over
/// @param keeper the process that fills the spool
record HandOver(Path spool, long keeper) {

    /// What lies in the spool under a name of its own.
    static final String WANTED = "wanted";

    /// Behind a file's name: the repository does not have it.
    static final String ABSENT = ".absent";

    /// Nothing more can be fetched.
    static final String FAILED = "failed";

    /// The script's own name in the spool.
    static final String SCRIPT = "hand-over.sh";

    String script() {
        return """
        #!/bin/sh
        # Hands PostgreSQL the file $1 as $2; howdah (process %2$d) fetches it.
        spool=%1$s
        LC_ALL=C
        # As /proc may hide whoever is another user's (hidepid): a signal to it is refused, while
        # none that is gone refuses it.
        keeps() {
          [ -e /proc/%2$d ] && return 0
          said=$(kill -0 %2$d 2>&1) && return 0
          case "$said" in *"not permitted"*) return 0 ;; esac
          return 1
        }
        : > "$spool/wanted/$1" || exit 126
        while [ -d "$spool/wanted" ] && [ ! -e "$spool/failed" ] && keeps; do
          if [ -e "$spool/$1" ]; then
            mv -f "$spool/$1" "$2" || exit 126
            exit 0
          fi
          if [ -e "$spool/$1.absent" ]; then
            rm -f "$spool/$1.absent" || exit 126
            exit 1
          fi
          sleep 0.02 2>/dev/null || sleep 1
        done
        exit 126
        """
                .formatted(quoted(spool.toString()), keeper);
    }

    /// The value of `restore_command`, not yet quoted for `postgresql.conf`.
    String command() {
        String script = quoted(spool.resolve(SCRIPT).toString());
        // What PostgreSQL puts in: a name of its own, and a path below its data directory. A shell
        // that cannot read the script ends with 2.
        return "/bin/sh "
                + script.replace("%", "%%")
                + " \"%f\" \"%p\"; c=$?; [ $c -lt 2 ] || [ $c -gt 125 ] || c=126; exit $c";
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}

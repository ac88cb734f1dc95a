#!/usr/bin/env bash
# Makes the start-up (AOT) caches of the installation in folder $2 with the JDK in folder $1: training runs load the classes that a
# command, a node, a proxy and a backup need at their start, and Java keeps them parsed, linked and profiled. One cache for each, because Java links
# at its start all that a cache holds: a command should not pay for what only a node needs.
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/java.sh"
java_home=$1
installed=$2
cd "$installed"
for kind in command node proxy backup; do
  # Java tells on its standard output how it makes the cache; that is nobody's concern when all goes well. Without a cache Howdah only
  # starts slower, so a training that fails (a machine out of ports or patience) is no reason to have no Howdah.
  if "$java_home/bin/java" "@$installed/$kind.options" "-XX:AOTCacheOutput=$installed/$kind.aot.new" "-Dhowdah.home=$installed" \
    -cp "$(howdah_classpath "$installed")" io.howdah.cli.StartupTraining "$kind" >"$installed/$kind.training.log"; then
    mv "$installed/$kind.aot.new" "$installed/$kind.aot"
  else
    echo "no start-up cache for $kind: its training failed, see $installed/$kind.training.log" >&2
    rm -f "$installed/$kind.aot" "$installed/$kind.aot.new"
  fi
done

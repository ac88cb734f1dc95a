#!/usr/bin/env bash
# Makes the start-up (AOT) cache howdah.aot of the installation in folder $2 with the JDK in folder $1: a training run loads the
# classes that the commands and a node need at their start, and Java keeps them parsed, linked and profiled.
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/java.sh"
java_home=$1
installed=$2
cd "$installed"
"$java_home/bin/java" "@$installed/command.options" "-XX:AOTCacheOutput=$installed/howdah.aot.new" "-Dhowdah.home=$installed" \
  -cp "$(howdah_classpath "$installed")" io.howdah.cli.StartupTraining
mv "$installed/howdah.aot.new" "$installed/howdah.aot"

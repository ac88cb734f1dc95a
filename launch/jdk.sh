# Finds a JDK 25. Sourced by ./howdah and ./verify; has no effect until its function is called.

# Prints the major version of the JDK in folder $1, or nothing when no JDK (with a compiler) lies there.
jdk_major() {
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] || return 0
  local version=""
  if [ -r "$1/release" ]; then
    version=$(sed -n 's/^JAVA_VERSION="\{0,1\}\([0-9][0-9]*\).*/\1/p' "$1/release" | head -n 1)
  fi
  if [ -z "$version" ]; then
    version=$("$1/bin/java" -version 2>&1 | sed -n 's/^.* version "\([0-9][0-9]*\).*/\1/p' | head -n 1)
  fi
  printf '%s' "$version"
}

# Prints the folders where a JDK may lie, the likeliest first: JAVA_HOME, the PATH, then the usual ones.
# HOWDAH_JDK_FOLDERS (folders divided by colons) replaces the usual ones; tests use it.
jdk_candidates() {
  local folder command
  if [ -n "${JAVA_HOME:-}" ]; then printf '%s\n' "$JAVA_HOME"; fi
  while IFS= read -r command; do
    command=$(readlink -f "$command" 2>/dev/null || printf '%s' "$command")
    printf '%s\n' "${command%/bin/java}"
  done < <(type -ap java)
  if [ -n "${HOWDAH_JDK_FOLDERS+set}" ]; then
    printf '%s\n' "$HOWDAH_JDK_FOLDERS" | tr ':' '\n'
    return
  fi
  local home=${HOME:-/nonexistent}
  for folder in /usr/lib/jvm/* /usr/java/* /usr/local/*jdk* /usr/local/*java* /opt/* /opt/*/* \
    "$home"/.sdkman/candidates/java/* "$home"/.jdks/* "$home"/.local/share/mise/installs/java/* "$home"/.asdf/installs/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "$home"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk@25 /home/linuxbrew/.linuxbrew/opt/openjdk@25; do
    printf '%s\n' "$folder"
  done
}

# Prints the folder of a JDK 25, or says on stderr how to get one and returns 1.
find_jdk() {
  local folder
  while IFS= read -r folder; do
    if [ -n "$folder" ] && [ "$(jdk_major "$folder")" = 25 ]; then
      printf '%s\n' "$folder"
      return 0
    fi
  done < <(jdk_candidates)
  local default="there is no java on the PATH"
  if command -v java >/dev/null 2>&1; then
    default="the default java is $(java -version 2>&1 | sed -n 's/^.* version "\([^"]*\)".*/\1/p' | head -n 1)"
  fi
  {
    echo "no JDK 25 found in JAVA_HOME (${JAVA_HOME:-not set}), on the PATH or in the usual folders; $default"
    echo "HINT: install one (Debian: apt-get install temurin-25-jdk, see https://adoptium.net/installation/linux;"
    echo "      anywhere: https://adoptium.net/temurin/releases/?version=25, or: sdk install java 25-tem), or set JAVA_HOME to one."
  } >&2
  return 1
}

# Says on stderr that Maven is missing and returns 1, or returns 0.
require_maven() {
  command -v mvn >/dev/null 2>&1 && return 0
  {
    echo "Maven (mvn) is not on the PATH; it is needed to build Howdah"
    echo "HINT: install Maven 3.8 or later (Debian: apt-get install maven; anywhere: https://maven.apache.org/install.html)."
  } >&2
  return 1
}

# One build of this checkout at a time: waits for the lock of folder $1 on descriptor 9. Close it (9<&-) for every child that may
# outlive this shell. Where flock is missing (macOS), two builds at once are the user's to avoid.
lock_build() {
  exec 9<"$1/pom.xml"
  command -v flock >/dev/null 2>&1 || return 0
  flock --nonblock 9 && return 0
  if [ -t 2 ]; then echo "another build of this checkout is running: waiting for it" >&2; fi
  flock 9
}

# Notes that the installation of checkout $1 was built with the JDK in $3 from the sources as they were when file $2 was written. Does
# nothing when the build that began then has not made an installation.
stamp_build() {
  local installed=$1/cli/target/howdah
  if [ -f "$2" ] && [ -d "$installed/lib" ] && [ "$installed/lib" -nt "$2" ]; then
    printf '%s\n' "$3" >"$installed/java-home"
    mv "$2" "$installed/built"
  else
    rm -f "$2"
  fi
}

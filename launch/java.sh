# How Java is called for Howdah. Sourced by ./howdah and by the build's training run: the start-up cache is only good for the very
# same classpath, so there is one place that makes it.

# Prints the classpath of the installation in folder $1: its jars in the order of their names, whatever the locale.
howdah_classpath() {
  local LC_ALL=C jar classpath=""
  for jar in "$1"/lib/*.jar; do classpath=$classpath${classpath:+:}$jar; done
  printf '%s' "$classpath"
}

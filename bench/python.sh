# Sourced by the commands of this folder: runs a Python module of ours with an interpreter that has psycopg2.
# Debian's own interpreter comes first, because python3-psycopg2 is installed for that one.

# Prints the interpreter, or returns 1.
find_python() {
  local interpreter
  for interpreter in "${PYTHON:-/usr/bin/python3}" python3; do
    if "$interpreter" -c 'import sys, psycopg2; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      printf '%s' "$interpreter"
      return 0
    fi
  done
  return 1
}

run_module() {
  local module=$1 interpreter
  shift
  if interpreter=$(find_python); then
    # -B: no __pycache__ in the source tree
    PYTHONPATH="$here" exec "$interpreter" -B -m "$module" "$@"
  fi
  printf '%s\n' "no Python 3.11 or later with psycopg2 was found (tried ${PYTHON:-/usr/bin/python3} and python3)" \
    "HINT: apt-get install python3-psycopg2, or name an interpreter that has it with PYTHON=/path/to/python3." >&2
  exit 1
}

# Sourced by what installs pinned Python packages.

pinned() { cat "$@" | sha256sum | cut -d ' ' -f 1; }

# A virtual environment at $1 with exactly the packages of the other arguments. Does nothing when they are already there.
virtual_environment() {
  local place=$1 pins
  shift
  pins=$(pinned "$@")
  [ "$(cat "$place/.pins" 2>/dev/null || true)" != "$pins" ] || return 0
  rm -rf "$place"
  python3 -m venv "$place"
  "$place/bin/python" -m pip install --quiet --disable-pip-version-check "${@/#/--requirement=}"
  echo "$pins" > "$place/.pins"
}

# Finds a JDK 25. To be sourced (bash 3.2 or later).
#
#   find_jdk     prints the home of a JDK 25; without one prints nothing and returns 1
#   require_jdk  exports JAVA_HOME as that home, or says how to get one and exits

JDK_RELEASE=25

# Is $1 the home of a JDK of our release? Its file `release` tells, without starting a JVM.
is_jdk() {
  [ -x "$1/bin/javac" ] && grep -q "^JAVA_VERSION=\"${JDK_RELEASE}[.\"+-]" "$1/release" 2>/dev/null
}

find_jdk() {
  local home java
  if [ -n "${JAVA_HOME:-}" ] && is_jdk "$JAVA_HOME"; then
    printf '%s\n' "$JAVA_HOME"
    return 0
  fi

  if java=$(command -v java); then
    home=$(readlink -f "$java" 2>/dev/null) && home=${home%/bin/java}
    if [ ! -f "$home/release" ]; then
      # A launcher of a version manager or of macOS: only the JVM itself knows its home.
      home=$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.home = //p')
    fi
    if is_jdk "$home"; then
      printf '%s\n' "$home"
      return 0
    fi
  fi

  if [ -x /usr/libexec/java_home ] && home=$(/usr/libexec/java_home -v "$JDK_RELEASE" 2>/dev/null) \
      && is_jdk "$home"; then
    printf '%s\n' "$home"
    return 0
  fi

  for home in \
      /usr/lib/jvm/*"$JDK_RELEASE"* \
      /usr/java/*"$JDK_RELEASE"* \
      /opt/*jdk*"$JDK_RELEASE"* \
      "$HOME"/.sdkman/candidates/java/"$JDK_RELEASE"* \
      "$HOME"/.jdks/*"$JDK_RELEASE"* \
      "$HOME"/.asdf/installs/java/*"$JDK_RELEASE"* \
      "$HOME"/.local/share/mise/installs/java/*"$JDK_RELEASE"* \
      /Library/Java/JavaVirtualMachines/*"$JDK_RELEASE"*/Contents/Home \
      "$HOME"/Library/Java/JavaVirtualMachines/*"$JDK_RELEASE"*/Contents/Home \
      /opt/homebrew/opt/openjdk@"$JDK_RELEASE"/libexec/openjdk.jdk/Contents/Home \
      /usr/local/opt/openjdk@"$JDK_RELEASE"/libexec/openjdk.jdk/Contents/Home \
      /home/linuxbrew/.linuxbrew/opt/openjdk@"$JDK_RELEASE"/libexec; do
    if is_jdk "$home"; then
      printf '%s\n' "$home"
      return 0
    fi
  done
  return 1
}

require_jdk() {
  local home
  if ! home=$(find_jdk); then
    echo "Varve needs a JDK $JDK_RELEASE and found none: install one (Debian 13: apt install openjdk-$JDK_RELEASE-jdk; macOS: brew install openjdk@$JDK_RELEASE; SDKMAN: sdk install java $JDK_RELEASE-tem) or set JAVA_HOME." >&2
    exit 1
  fi
  export JAVA_HOME="$home"
}

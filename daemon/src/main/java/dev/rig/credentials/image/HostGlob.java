package dev.rig.credentials.image;

/** Globs of one host label: {@code *} stands for any characters, also none. */
final class HostGlob {
  private HostGlob() {}

  /** Whether the label is matched; linear for one star, at most quadratic for more. */
  static boolean matches(String glob, String label) {
    int g = 0;
    int l = 0;
    int star = -1;
    int resume = 0;
    while (l < label.length()) {
      if (g < glob.length() && glob.charAt(g) == '*') {
        star = g++;
        resume = l;
      } else if (g < glob.length() && glob.charAt(g) == label.charAt(l)) {
        g++;
        l++;
      } else if (star >= 0) {
        g = star + 1;
        l = ++resume;
      } else {
        return false;
      }
    }
    while (g < glob.length() && glob.charAt(g) == '*') {
      g++;
    }
    return g == glob.length();
  }

  /** How much of a host is said literally: of two globs the one with more is the closer one. */
  static int literals(String host) {
    return (int) host.chars().filter(c -> c != '*').count();
  }
}

package dev.rig.credentials.image;

/** Globs within one host label: {@code *} matches any characters, including none. */
public final class HostGlob {
  private HostGlob() {}

  /**
   * Returns whether the glob matches the label; linear for one star, at most quadratic for more.
   */
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

  /**
   * Returns whether a host exists that both match.
   *
   * @param one a host with or without globs, in normal form
   * @param other likewise
   */
  public static boolean overlap(String one, String other) {
    var labels = one.split("[.:]", -1);
    var others = other.split("[.:]", -1);
    if (labels.length != others.length || hasPort(one) != hasPort(other)) {
      return false;
    }
    for (int i = 0; i < labels.length; i++) {
      if (!labelsOverlap(labels[i], others[i])) {
        return false;
      }
    }
    return true;
  }

  private static boolean hasPort(String host) {
    return host.indexOf(':') >= 0;
  }

  /** Compares each beginning of one with each beginning of the other. */
  private static boolean labelsOverlap(String one, String other) {
    var row = new boolean[other.length() + 1];
    for (int i = 0; i <= one.length(); i++) {
      var next = new boolean[other.length() + 1];
      for (int j = 0; j <= other.length(); j++) {
        boolean oneStar = i > 0 && one.charAt(i - 1) == '*';
        boolean otherStar = j > 0 && other.charAt(j - 1) == '*';
        boolean same = i > 0 && j > 0 && one.charAt(i - 1) == other.charAt(j - 1);
        next[j] =
            (i == 0 && j == 0)
                || (i > 0 && (oneStar || otherStar) && row[j])
                || (j > 0 && (oneStar || otherStar) && next[j - 1])
                || (same && row[j - 1]);
      }
      row = next;
    }
    return row[other.length()];
  }

  /** Returns the number of literal characters; the glob with more of them is more specific. */
  static int literals(String host) {
    return (int) host.chars().filter(c -> c != '*').count();
  }
}

package dev.rig.credentials.registry.content;

import java.util.Comparator;

/**
 * Orders tags by version: runs of digits by their value, so that {@code 1.10} follows {@code 1.9},
 * and a release follows its candidates ({@code 1.0-rc1}, {@code 1.0}).
 */
public final class VersionOrder implements Comparator<String> {
  public static final VersionOrder ASCENDING = new VersionOrder();

  private VersionOrder() {}

  @Override
  public int compare(String one, String other) {
    int i = 0;
    int j = 0;
    while (i < one.length() && j < other.length()) {
      char a = one.charAt(i);
      char b = other.charAt(j);
      int order;
      if (isDigit(a) && isDigit(b)) {
        int endOne = endOfDigits(one, i);
        int endOther = endOfDigits(other, j);
        order = compareNumbers(one.substring(i, endOne), other.substring(j, endOther));
        i = endOne;
        j = endOther;
      } else {
        order = Character.compare(a, b);
        i++;
        j++;
      }
      if (order != 0) {
        return order;
      }
    }
    if (i == one.length() && j == other.length()) {
      return one.compareTo(other); // 1.01 and 1.1
    }
    boolean oneGoesOn = i < one.length();
    char next = oneGoesOn ? one.charAt(i) : other.charAt(j);
    return (next == '-') == oneGoesOn ? -1 : 1;
  }

  private static int compareNumbers(String one, String other) {
    var a = one.replaceFirst("^0+", "");
    var b = other.replaceFirst("^0+", "");
    return a.length() == b.length() ? a.compareTo(b) : Integer.compare(a.length(), b.length());
  }

  private static int endOfDigits(String text, int from) {
    int end = from;
    while (end < text.length() && isDigit(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}

package dev.rig.credentials.config;

/** The lowest level of events that are logged. */
public enum LogLevel {
  ERROR,
  WARN,
  INFO,
  DEBUG,
  TRACE
}

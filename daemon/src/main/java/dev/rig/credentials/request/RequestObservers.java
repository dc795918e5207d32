package dev.rig.credentials.request;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Passes every answered request to observers. They are called on the thread that has the answer,
 * usually the socket's only one: they must not block.
 */
public final class RequestObservers implements Consumer<AnsweredRequest> {
  private static final Logger LOG = System.getLogger(RequestObservers.class.getName());

  private final List<Consumer<AnsweredRequest>> observers = new CopyOnWriteArrayList<>();

  public void add(Consumer<AnsweredRequest> observer) {
    observers.add(observer);
  }

  /** Calls all observers; a failure of one is logged and does not affect the answer. */
  @Override
  public void accept(AnsweredRequest answered) {
    for (var observer : observers) {
      try {
        observer.accept(answered);
      } catch (RuntimeException e) {
        LOG.log(Level.ERROR, "an answered request could not be recorded", e);
      }
    }
  }
}

// How every function of the table tells an exception: a status, and a message kept for the thread.
#pragma once
#include <c10/util/Exception.h>
#include <exception>
#include <string>

inline thread_local std::string lastMessage;

/// Runs `body`; an exception becomes status 1 and a message.
template <class Body> int32_t guarded(Body body) {
  try {
    body();
    return 0;
  } catch (const c10::Error &error) {
    lastMessage = error.what_without_backtrace();
  } catch (const std::exception &error) {
    lastMessage = error.what();
  } catch (...) {
    lastMessage = "an exception without a text";
  }
  return 1;
}

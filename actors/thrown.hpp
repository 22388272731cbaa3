#pragma once
#include <exception>
#include <string>

#include "core/error.hpp"

namespace vilfredo::actors {

/// What is being thrown, as an answer; called in a `catch (...)` and nowhere else.
///
/// An exception ends the actor that it leaves, and with it whatever others wait for there. So functions that come from
/// outside of the actors are called where they are caught.
inline error thrown_by(const std::string& who) {
  try {
    throw;
  } catch (const std::exception& e) {
    return {errc::internal, who + " threw: " + e.what()};
  } catch (...) {
    return {errc::internal, who + " threw something that is not an exception"};
  }
}

}  // namespace vilfredo::actors

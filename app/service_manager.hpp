#pragma once
#include <string>

/// How systemd hears of the daemon's life (sd_notify(3)): the unit's Type is notify.
namespace vilfredo::app {

/// Sends lines such as `READY=1` to the socket of NOTIFY_SOCKET, if there is one. What is not taken is lost.
void tell_service_manager(const std::string& lines);
/// The lines for a daemon that reads its files again.
std::string reloading();

}  // namespace vilfredo::app

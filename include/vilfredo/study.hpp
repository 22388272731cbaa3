#pragma once

/// An experiment to ask and tell in one thread, for programs that take vilfredo in: link vilfredo::study.
#include "optimizer/study.hpp"

// SPDX-License-Identifier: Apache-2.0
// Precompiled, and included before everything in the libraries and programs that are not hot: the standard library's headers that
// cost most and that nearly all sources use, and base. No source may rely on it (-Db_pch=false builds without), and nothing
// above base belongs here: the layers would no longer be seen in the includes.
// (No #pragma once: it is compiled by itself, where GCC warns of one.)
#ifndef PEGASUS_PCH_COMMON_HPP
#define PEGASUS_PCH_COMMON_HPP

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "base/observers.hpp"
#include "base/scheduler.hpp"

#endif

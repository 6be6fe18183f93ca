// SPDX-License-Identifier: Apache-2.0
// One function a group of verbs: adds its commands to the parser; a command that is given sets Context::run.
#pragma once

#include <CLI/CLI.hpp>

#include "bus/names.hpp"
#include "bus/object_path.hpp"
#include "cli/context.hpp"

namespace pegasus::cli {

void addStatus(CLI::App& app, Context& context);
void addWallet(CLI::App& app, Context& context);
void addSensor(CLI::App& app, Context& context);
/// Parts of it: the verbs that look for sensors, and the one that looks at them.
void addSensorTools(CLI::App& group, Context& context);
void addSensorWatch(CLI::App& group, Context& context);
void addStream(CLI::App& app, Context& context);
void addMarket(CLI::App& app, Context& context);
/// Part of it: the verbs on offers.
void addMarketList(CLI::App& group, Context& context);
void addSubscription(CLI::App& app, Context& context);
void addNode(CLI::App& app, Context& context);
void addMonitor(CLI::App& app, Context& context);

}  // namespace pegasus::cli

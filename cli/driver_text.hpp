// SPDX-License-Identifier: Apache-2.0
// Drivers and what a scan found, as people read them and as YAML to be pasted. Pure.
#pragma once

#include <string>
#include <vector>

#include "bus/value.hpp"

namespace pegasus::cli {

/// One driver: summary, options, channels, and an example.
[[nodiscard]] std::string driverText(const bus::Dict& driver);

/// What was found, with a name for each sensor: its type, and a number where there are several.
struct Finding {
    std::string name;
    std::string configured;  ///< the sensor that is it already; empty: none
    std::string summary;
    std::string yaml;        ///< "bme280: {type: bme280, address: 0x77}"
};
[[nodiscard]] std::vector<Finding> findingsOf(const bus::Dicts& rows);

/// `text` as a scalar of YAML in a flow map: in quotes where it needs them.
[[nodiscard]] std::string yamlScalar(const std::string& text);

}  // namespace pegasus::cli

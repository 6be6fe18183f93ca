// SPDX-License-Identifier: Apache-2.0
// Reader: runs the reads of one driver away from the loop, on a thread of its own.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/scheduler.hpp"
#include "sensor/driver.hpp"

namespace pegasus::sensor {

using ReadOutcome = Result<std::vector<Reading>>;

/// What is known of a driver's source at the moment.
struct Source {
    bool open = false;
    std::vector<Channel> channels;  ///< until it is open: what Driver::channels() tells
    std::string notice;
    std::map<std::string, std::string> provenance;
};

/// Opens the driver if `source` is not open yet, and reads. On the thread that owns the driver.
[[nodiscard]] ReadOutcome openAndRead(Driver& driver, Source& source, std::stop_token stop);

/// Owns a driver. Loop thread.
class Reader {
public:
    virtual ~Reader() = default;
    [[nodiscard]] virtual const Source& source() const = 0;
    /// Starts one read, after opening the source where that has not succeeded yet; `done` is called on the loop thread,
    /// later, or never if the reader goes first. Only when !busy().
    virtual void start(std::function<void(ReadOutcome)> done) = 0;
    [[nodiscard]] virtual bool busy() const = 0;
    /// `news` is called on the loop thread when the driver has something that should not wait for the next turn. Before start().
    virtual void listen(std::function<void()> news) = 0;
};

/// Makes the reader of a sensor; a test puts a synchronous one here.
using ReaderFactory = std::function<std::unique_ptr<Reader>(std::unique_ptr<Driver>)>;

/// A reader with its own thread, made at the first read. Between turns it sleeps in poll(), for the next request and for what the
/// driver waits for. Not the pool: its few threads do proof of work, and a driver that
/// hangs in the kernel cannot be interrupted, so that a few hung sensors would end all publishing. The destructor sets
/// the stop token and does not wait: a hung thread keeps its driver alive, and goes with the process.
[[nodiscard]] std::unique_ptr<Reader> makeThreadReader(Scheduler& scheduler, std::unique_ptr<Driver> driver);

}  // namespace pegasus::sensor

// SPDX-License-Identifier: Apache-2.0
// A serial port whose other end is the test: a real pseudo-terminal behind a link that can go and come.
#pragma once

#include <fcntl.h>
#include <pty.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace pegasus::test {

class PtyPort {
public:
    explicit PtyPort(std::filesystem::path link) : link_(std::move(link)) { plug(); }
    ~PtyPort() { unplug(); }
    PtyPort(const PtyPort&) = delete;
    PtyPort& operator=(const PtyPort&) = delete;

    void plug() {
        char name[128] = {};
        int child = -1;
        if (::openpty(&master_, &child, name, nullptr, nullptr) != 0) throw std::runtime_error("no pseudo-terminal");
        ::close(child);
        std::filesystem::remove(link_);
        std::filesystem::create_symlink(name, link_);
    }
    void unplug() {
        if (master_ >= 0) ::close(master_);
        master_ = -1;
        std::filesystem::remove(link_);
    }
    void send(const std::vector<std::uint8_t>& bytes) const {
        if (::write(master_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) throw std::runtime_error("write");
    }
    void send(const std::string& text) const { send(std::vector<std::uint8_t>(text.begin(), text.end())); }
    [[nodiscard]] std::string path() const { return link_.string(); }

private:
    std::filesystem::path link_;
    int master_ = -1;
};

}  // namespace pegasus::test

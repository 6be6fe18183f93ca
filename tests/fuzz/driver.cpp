// SPDX-License-Identifier: Apache-2.0
// Runs a libFuzzer target without libFuzzer: SEED RUNS gives random and mutated inputs, other arguments are files.
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "fuzz/fuzz.hpp"

namespace {

using Input = std::vector<std::uint8_t>;

constexpr std::size_t kMaxSize = 6000;
constexpr std::size_t kCorpusSize = 64;

/// Inputs that are likely to get far: trytes, digits, text, bytes.
class Generator {
public:
    explicit Generator(std::uint64_t seed) : random_(seed) {}

    Input next() {
        Input input = corpus_.empty() || below(4) == 0 ? fresh() : mutated(corpus_[below(corpus_.size())]);
        if (corpus_.size() < kCorpusSize) corpus_.push_back(input);
        else corpus_[below(kCorpusSize)] = input;
        return input;
    }

private:
    std::size_t below(std::size_t bound) { return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_); }

    std::uint8_t byteOf(std::size_t kind) {
        static constexpr char kTrytes[] = "9ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        static constexpr char kText[] = "{}[]\":,.-+eE0123456789 truefalsnbz\\/";
        if (kind == 0) return static_cast<std::uint8_t>(kTrytes[below(27)]);
        if (kind == 1) return static_cast<std::uint8_t>(kText[below(sizeof kText - 1)]);
        if (kind == 2) return '9';
        return static_cast<std::uint8_t>(below(256));
    }

    Input fresh() {
        static constexpr std::size_t kSizes[] = {0, 1, 2, 27, 49, 81, 90, 162, 243, 1604, 2187, 2673, 5346};
        const std::size_t size = below(2) == 0 ? kSizes[below(std::size(kSizes))] : below(kMaxSize);
        const std::size_t kind = below(4);
        Input input(size);
        for (auto& byte : input) byte = byteOf(kind);
        return input;
    }

    Input mutated(Input input) {
        for (std::size_t n = 1 + below(4); n > 0; --n) mutate(input);
        if (input.size() > kMaxSize) input.resize(kMaxSize);
        return input;
    }

    void mutate(Input& input) {
        if (input.empty()) {
            input.push_back(byteOf(3));
            return;
        }
        const std::size_t at = below(input.size());
        const auto where = input.begin() + static_cast<std::ptrdiff_t>(at);
        switch (below(6)) {
            case 0: input[at] = byteOf(below(4)); break;
            case 1: input[at] ^= static_cast<std::uint8_t>(1U << below(8)); break;
            case 2: input.erase(where); break;
            case 3: input.insert(where, byteOf(below(4))); break;
            case 4: input.resize(at); break;
            default: {
                const Input part(where, where + static_cast<std::ptrdiff_t>(below(input.size() - at) + 1));
                input.insert(input.end(), part.begin(), part.end());
            }
        }
    }

    std::mt19937_64 random_;
    std::vector<Input> corpus_;
};

bool parseNumber(const char* text, std::uint64_t& number) {
    const auto* end = text + std::strlen(text);
    return std::from_chars(text, end, number).ptr == end;
}

void runFile(const char* path) {
    std::ifstream in(path, std::ios::binary);
    const Input input{std::istreambuf_iterator<char>(in), {}};
    LLVMFuzzerTestOneInput(input.data(), input.size());
}

}  // namespace

int main(int argc, char** argv) {
    std::uint64_t seed = 0;
    std::uint64_t runs = 0;
    if (argc != 3 || !parseNumber(argv[1], seed) || !parseNumber(argv[2], runs)) {
        for (int i = 1; i < argc; ++i) runFile(argv[i]);
        return 0;
    }
    Generator generator(seed);
    for (std::uint64_t i = 0; i < runs; ++i) {
        const auto input = generator.next();
        LLVMFuzzerTestOneInput(input.data(), input.size());
    }
    std::printf("%llu inputs\n", static_cast<unsigned long long>(runs));
    return 0;
}

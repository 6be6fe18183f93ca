// SPDX-License-Identifier: Apache-2.0
// Expected<T, E>: a value or what went wrong, with the members of std::expected (C++23) that are used here. Hundreds of types are
// made of it, so it is kept small.
#pragma once

#include <concepts>
#include <exception>
#include <memory>
#include <type_traits>
#include <utility>

namespace pegasus {

template <class E>
class Unexpected {
public:
    explicit Unexpected(E error) : error_(std::move(error)) {}
    [[nodiscard]] const E& error() const& { return error_; }
    [[nodiscard]] E&& error() && { return std::move(error_); }

private:
    E error_;
};

/// value() was asked of what has none.
class BadExpectedAccess : public std::exception {
public:
    [[nodiscard]] const char* what() const noexcept override { return "there is no value"; }
};
[[noreturn]] void throwBadExpectedAccess();

template <class T, class E>
class Expected;

namespace impl {
template <class T>
inline constexpr bool kIsExpected = false;
template <class T, class E>
inline constexpr bool kIsExpected<Expected<T, E>> = true;
template <class E>
inline constexpr bool kIsExpected<Unexpected<E>> = true;
}  // namespace impl

template <class T, class E>
class Expected {
public:
    using value_type = T;
    using error_type = E;

    Expected() requires std::default_initializable<T> : value_() {}
    template <class U = T>
        requires(!impl::kIsExpected<std::remove_cvref_t<U>> && std::constructible_from<T, U>)
    explicit(!std::convertible_to<U, T>) Expected(U&& value) : value_(std::forward<U>(value)) {}
    Expected(Unexpected<E> failure) : error_(std::move(failure).error()), hasValue_(false) {}
    template <class U>
        requires(!std::same_as<U, T> && std::convertible_to<U, T>)
    Expected(Expected<U, E>&& other) : hasValue_(false) {
        if (other) {
            std::construct_at(&value_, std::move(*other));
            hasValue_ = true;
        } else {
            std::construct_at(&error_, std::move(other).error());
        }
    }
    Expected(Expected&& other) noexcept(std::is_nothrow_move_constructible_v<T>) : hasValue_(other.hasValue_) {
        take(std::move(other));
    }
    Expected(const Expected& other) requires std::copy_constructible<T> : hasValue_(other.hasValue_) {
        take(other);
    }
    /// Where memory runs out the program ends: no half-assigned state is kept for it.
    Expected& operator=(Expected&& other) noexcept {
        if (this != &other) {
            std::destroy_at(this);
            std::construct_at(this, std::move(other));
        }
        return *this;
    }
    Expected& operator=(const Expected& other) requires std::copy_constructible<T> {
        return *this = Expected(other);
    }
    ~Expected() {
        if (hasValue_) {
            std::destroy_at(&value_);
        } else {
            std::destroy_at(&error_);
        }
    }

    [[nodiscard]] bool has_value() const { return hasValue_; }
    explicit operator bool() const { return hasValue_; }

    [[nodiscard]] T& operator*() & { return value_; }
    [[nodiscard]] const T& operator*() const& { return value_; }
    [[nodiscard]] T&& operator*() && { return std::move(value_); }
    [[nodiscard]] T* operator->() { return std::addressof(value_); }
    [[nodiscard]] const T* operator->() const { return std::addressof(value_); }
    [[nodiscard]] T& value() & {
        if (!hasValue_) throwBadExpectedAccess();
        return value_;
    }
    [[nodiscard]] const T& value() const& {
        if (!hasValue_) throwBadExpectedAccess();
        return value_;
    }
    [[nodiscard]] T&& value() && {
        if (!hasValue_) throwBadExpectedAccess();
        return std::move(value_);
    }
    template <class U>
    [[nodiscard]] T value_or(U&& otherwise) const& {
        return hasValue_ ? value_ : static_cast<T>(std::forward<U>(otherwise));
    }
    template <class U>
    [[nodiscard]] T value_or(U&& otherwise) && {
        return hasValue_ ? std::move(value_) : static_cast<T>(std::forward<U>(otherwise));
    }
    [[nodiscard]] E& error() & { return error_; }
    [[nodiscard]] const E& error() const& { return error_; }
    [[nodiscard]] E&& error() && { return std::move(error_); }

    /// `function(value)`, itself an Expected, or the error.
    template <class F>
    [[nodiscard]] auto and_then(F function) const& -> std::invoke_result_t<F&, const T&> {
        if (!hasValue_) return Unexpected<E>(error_);
        return function(value_);
    }
    /// `function(value)`, or the error.
    template <class F>
    [[nodiscard]] auto map(F function) const& -> Expected<std::invoke_result_t<F&, const T&>, E> {
        if (!hasValue_) return Unexpected<E>(error_);
        return function(value_);
    }

    friend bool operator==(const Expected& a, const Expected& b) {
        if (a.hasValue_ != b.hasValue_) return false;
        return a.hasValue_ ? a.value_ == b.value_ : a.error_ == b.error_;
    }

private:
    template <class Other>
    void take(Other&& other) {
        if (hasValue_) {
            std::construct_at(&value_, std::forward<Other>(other).value_);
        } else {
            std::construct_at(&error_, std::forward<Other>(other).error_);
        }
    }

    union {
        T value_;
        E error_;
    };
    bool hasValue_ = true;
};

template <class E>
class Expected<void, E> {
public:
    using value_type = void;
    using error_type = E;

    Expected() noexcept : nothing_() {}
    Expected(Unexpected<E> failure) : error_(std::move(failure).error()), hasValue_(false) {}
    Expected(Expected&& other) noexcept : nothing_(), hasValue_(other.hasValue_) {
        if (!hasValue_) std::construct_at(&error_, std::move(other.error_));
    }
    Expected(const Expected& other) : nothing_(), hasValue_(other.hasValue_) {
        if (!hasValue_) std::construct_at(&error_, other.error_);
    }
    Expected& operator=(Expected&& other) noexcept {
        if (this != &other) {
            std::destroy_at(this);
            std::construct_at(this, std::move(other));
        }
        return *this;
    }
    Expected& operator=(const Expected& other) { return *this = Expected(other); }
    ~Expected() {
        if (!hasValue_) std::destroy_at(&error_);
    }

    [[nodiscard]] bool has_value() const { return hasValue_; }
    explicit operator bool() const { return hasValue_; }
    void operator*() const {}
    void value() const {
        if (!hasValue_) throwBadExpectedAccess();
    }
    [[nodiscard]] E& error() & { return error_; }
    [[nodiscard]] const E& error() const& { return error_; }
    [[nodiscard]] E&& error() && { return std::move(error_); }

    friend bool operator==(const Expected& a, const Expected& b) {
        return a.hasValue_ == b.hasValue_ && (a.hasValue_ || a.error_ == b.error_);
    }

private:
    union {
        char nothing_;
        E error_;
    };
    bool hasValue_ = true;
};

}  // namespace pegasus

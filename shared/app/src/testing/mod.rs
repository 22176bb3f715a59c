//! Stateful fakes of every port, and the contract suites that every implementation passes.

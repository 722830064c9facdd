//! The `tonghop` program.

fn main() -> std::process::ExitCode {
    tonghop::cli::main()
}

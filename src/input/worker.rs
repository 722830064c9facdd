//! Readers of risky formats in processes of their own: a file that hangs one, fills the memory or brings it down is
//! refused, and the others are read. The processes are this same program, kept for many files.
//!
//! A request is the limits and the name, then the bytes of the file; the answer is what the reader gives. Each part is
//! preceded by its length.

use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::{Extracted, Limit, Limits, Refusal, checked_kind, extract_kind};

/// A process reads so many files, then another takes its place.
const MOST_FILES: usize = 500;
/// How often a process is looked at while it reads.
const LOOK: Duration = Duration::from_millis(20);
/// A part of an answer is at most so long: a text with its cells.
const MOST_ANSWER: u64 = 1 << 30;

/// Reads files within limits; risky ones in processes of their own, if it may start them.
#[derive(Debug, Default)]
pub struct Extractor {
    limits: Limits,
    program: Option<(PathBuf, Vec<String>)>,
    idle: Mutex<Vec<Worker>>,
}

#[derive(Debug)]
struct Worker {
    child: Child,
    requests: ChildStdin,
    answers: Receiver<Vec<u8>>,
    files: usize,
}

#[derive(Debug, Serialize, Deserialize)]
struct Request {
    name: String,
    limits: Limits,
}

impl Extractor {
    /// Reads all files in this process.
    pub fn new(limits: Limits) -> Self {
        Self { limits, program: None, idle: Mutex::new(Vec::new()) }
    }

    /// Reads risky files in processes that run a program which, with these arguments, does nothing but [`serve`].
    #[must_use]
    pub fn with_workers(mut self, program: PathBuf, arguments: &[&str]) -> Self {
        self.program = Some((program, arguments.iter().map(|a| (*a).to_owned()).collect()));
        self
    }

    /// The limits.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Reads a file's text.
    ///
    /// # Errors
    /// When the file holds no text, is of a kind that is not read, is damaged, or exceeds a limit.
    pub fn extract(&self, name: &str, bytes: &[u8]) -> Result<Extracted, Refusal> {
        let kind = checked_kind(name, bytes, &self.limits)?;
        if !kind.is_risky() {
            return extract_kind(kind, bytes, &self.limits);
        }
        let Some(program) = &self.program else { return extract_kind(kind, bytes, &self.limits) };
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut worker = match idle.map_or_else(|| Worker::start(program), Ok) {
            Ok(worker) => worker,
            // Where no process can be started, the file is read here.
            Err(_) => return extract_kind(kind, bytes, &self.limits),
        };
        let result = worker.ask(name, bytes, &self.limits);
        match result {
            Ok(answer) => {
                if worker.files < MOST_FILES {
                    self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
                }
                answer
            }
            Err(refusal) => {
                worker.stop();
                Err(refusal)
            }
        }
    }
}

impl Worker {
    fn start((program, arguments): &(PathBuf, Vec<String>)) -> io::Result<Self> {
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let (Some(requests), Some(mut out)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let (sender, answers) = channel();
        std::thread::Builder::new().name("worker-answers".to_owned()).spawn(move || {
            while let Ok(Some(answer)) = receive(&mut out) {
                if sender.send(answer).is_err() {
                    break;
                }
            }
        })?;
        Ok(Self { child, requests, answers, files: 0 })
    }

    /// Asks for one file. The refusal outside is of a process that must be stopped.
    fn ask(&mut self, name: &str, bytes: &[u8], limits: &Limits) -> Result<Result<Extracted, Refusal>, Refusal> {
        self.files += 1;
        let request = Request { name: name.to_owned(), limits: *limits };
        let head = serde_json::to_vec(&request).map_err(|error| Refusal::Broken(error.to_string()))?;
        let sent = send(&mut self.requests, &head).and_then(|()| send(&mut self.requests, bytes));
        if sent.is_err() {
            return Err(self.ended());
        }
        let started = Instant::now();
        loop {
            match self.answers.recv_timeout(LOOK) {
                Ok(answer) => {
                    return serde_json::from_slice(&answer).map_err(|error| Refusal::Broken(error.to_string()));
                }
                Err(RecvTimeoutError::Disconnected) => return Err(self.ended()),
                Err(RecvTimeoutError::Timeout) => {}
            }
            if started.elapsed() > Duration::from_secs(limits.seconds) {
                return Err(Refusal::TooLarge { limit: Limit::Seconds, most: limits.seconds });
            }
            if resident_mb(self.child.id()).is_some_and(|mb| mb > limits.memory_mb) {
                return Err(Refusal::TooLarge { limit: Limit::Memory, most: limits.memory_mb });
            }
        }
    }

    /// Why a process ended that should not have.
    fn ended(&mut self) -> Refusal {
        let status = self.child.wait().map_or_else(|error| error.to_string(), |status| status.to_string());
        Refusal::Broken(status)
    }

    fn stop(mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Drop for Extractor {
    fn drop(&mut self) {
        let idle = self.idle.get_mut().unwrap_or_else(PoisonError::into_inner);
        idle.drain(..).for_each(Worker::stop);
    }
}

/// The memory that a process has, in megabytes, where the system tells it.
fn resident_mb(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kilobytes / 1024)
}

fn send(out: &mut impl Write, part: &[u8]) -> io::Result<()> {
    out.write_all(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes())?;
    out.write_all(part)?;
    out.flush()
}

/// The next part; nothing at the end.
fn receive(input: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 8];
    match input.read_exact(&mut length) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let length = u64::from_le_bytes(length);
    if length > MOST_ANSWER {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut part = Vec::new();
    let read = input.take(length).read_to_end(&mut part)?;
    if u64::try_from(read).is_ok_and(|read| read == length) { Ok(Some(part)) } else { Ok(None) }
}

/// Answers requests until there are no more: what a process for risky files does.
///
/// # Errors
/// When requests or answers do not go through.
pub fn serve(mut requests: impl Read, mut answers: impl Write) -> io::Result<()> {
    while let Some(head) = receive(&mut requests)? {
        let Some(bytes) = receive(&mut requests)? else { break };
        let request: Request = serde_json::from_slice(&head)?;
        let read = || {
            let kind = checked_kind(&request.name, &bytes, &request.limits)?;
            extract_kind(kind, &bytes, &request.limits)
        };
        let answer = catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|payload| {
            let text = payload.downcast_ref::<String>().cloned();
            let text = text.or_else(|| payload.downcast_ref::<&str>().map(|t| (*t).to_owned()));
            Err(Refusal::Broken(text.unwrap_or_default()))
        });
        send(&mut answers, &serde_json::to_vec(&answer)?)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_answered_as_it_would_be_here() {
        let limits = Limits::default();
        let text = "Báo cáo quý II".as_bytes();
        let request = serde_json::to_vec(&Request { name: "a.txt".to_owned(), limits }).unwrap();
        let mut requests = Vec::new();
        for part in [request.as_slice(), text, request.as_slice(), b""] {
            send(&mut requests, part).unwrap();
        }
        let mut answers = Vec::new();
        serve(requests.as_slice(), &mut answers).unwrap();
        let mut answers = answers.as_slice();
        let mut next = || -> Result<Extracted, Refusal> {
            serde_json::from_slice(&receive(&mut answers).unwrap().unwrap()).unwrap()
        };
        assert_eq!(next(), super::super::extract_text("a.txt", text, &limits));
        assert_eq!(next(), Err(Refusal::Empty));
    }

    /// A program that does not answer, with limits of one second and so many megabytes.
    #[cfg(unix)]
    fn ask(program: &str, arguments: &[&str], memory_mb: u64) -> Refusal {
        let limits = Limits { seconds: 1, memory_mb, ..Limits::default() };
        let extractor = Extractor::new(limits).with_workers(program.into(), arguments);
        extractor.extract("a.pdf", b"%PDF-1.4").unwrap_err()
    }

    #[cfg(unix)]
    #[test]
    fn what_hangs_swells_or_dies_is_stopped() {
        let started = Instant::now();
        assert_eq!(ask("sleep", &["60"], 400), Refusal::TooLarge { limit: Limit::Seconds, most: 1 });
        assert!(matches!(ask("false", &[], 400), Refusal::Broken(_)));
        if cfg!(target_os = "linux") {
            assert_eq!(ask("tail", &["/dev/zero"], 50), Refusal::TooLarge { limit: Limit::Memory, most: 50 });
        }
        assert!(started.elapsed() < Duration::from_secs(10));
    }
}

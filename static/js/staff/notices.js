// A message that is there when the page comes is not read out; one that changes is. It stays until it is closed.

for (const toast of document.querySelectorAll(".toast")) {
  const words = toast.querySelector("[data-words]");
  const text = words.textContent;
  words.textContent = "";
  setTimeout(() => (words.textContent = text), 100);
  const close = toast.querySelector("[data-close]");
  close.hidden = false;
  close.addEventListener("click", () => toast.remove());
}

// The letter follows the writer: the signature as the name is typed, the sheet as the text grows.

for (const line of document.querySelectorAll("[data-follows]")) {
  const field = document.getElementById(line.dataset.follows);
  const follow = () => {
    const words = field.value.trim();
    line.textContent = words || line.dataset.empty || "";
    line.classList.toggle("is-empty", !words);
  };
  field.addEventListener("input", follow);
  follow();
}

if (!CSS.supports("field-sizing", "content")) {
  for (const area of document.querySelectorAll("[data-grow]")) {
    const grow = () => {
      area.style.blockSize = "auto";
      area.style.blockSize = `${area.scrollHeight + 2}px`;
    };
    area.addEventListener("input", grow);
    grow();
  }
}
